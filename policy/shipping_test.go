package policy_test

import (
	"strings"
	"testing"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

func program(t *testing.T, id string) *policy.Program {
	t.Helper()
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	p, err := lib.Program(id, calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The courier's hours are elapsed, also over a change of the clocks; a
// settlement with fixed days gets the next of them, never the same day.
func TestDelivery(t *testing.T) {
	p := program(t, "bg-omni")
	sofia := p.Zone()
	for _, c := range []struct {
		name, to string
		at, want time.Time
		day      string
	}{
		{"48 hours", "София", time.Date(2026, 3, 10, 12, 0, 0, 0, sofia), time.Date(2026, 3, 12, 12, 0, 0, 0, sofia), ""},
		{"48 elapsed hours in the night the clocks go forward", "София", time.Date(2026, 3, 28, 12, 0, 0, 0, sofia), time.Date(2026, 3, 30, 13, 0, 0, 0, sofia), ""},
		{"nowhere in particular", "", time.Date(2026, 3, 10, 12, 0, 0, 0, sofia), time.Date(2026, 3, 12, 12, 0, 0, 0, sofia), ""},
		{"Burgas, Wednesday", "гр. Бургас", time.Date(2026, 3, 11, 12, 0, 0, 0, sofia), time.Date(2026, 3, 14, 0, 0, 0, 0, sofia), "2026-03-13"},
		{"Burgas, on the day itself", "BURGAS", time.Date(2026, 3, 13, 8, 0, 0, 0, sofia), time.Date(2026, 3, 18, 0, 0, 0, 0, sofia), "2026-03-17"},
		{"Burgas, still Monday in Sofia", "Burgas", time.Date(2026, 3, 9, 21, 59, 0, 0, time.UTC), time.Date(2026, 3, 11, 0, 0, 0, 0, sofia), "2026-03-10"},
	} {
		got, ok := p.Delivery(c.at, c.to)
		if !ok || !got.Until.Equal(c.want) || got.Day.String() != c.day || got.Deadline.ID != "forty-eight-hours" {
			t.Errorf("%s: until %s, day %s", c.name, got.Until, got.Day)
		}
	}
	if _, ok := program(t, "ru-omsk").Delivery(time.Now(), "Омск"); ok {
		t.Error("a retailer that promises nothing promised")
	}
}

// Rows: C2.
func TestCarriage(t *testing.T) {
	for _, c := range []struct {
		name, pack string
		of         policy.Carrying
		bearer, id string
	}{
		{"between shop and centre", "bg-omni", policy.Carrying{Leg: "between", Verdict: policy.Refused}, "seller", "shop-forwards"},
		{"back after a repair under warranty", "bg-omni", policy.Carrying{Leg: "back", Verdict: policy.Covered}, "seller", "warranty-carriage"},
		{"back after a refusal", "bg-omni", policy.Carrying{Leg: "back", Verdict: policy.Refused}, "customer", "paid-work-carriage"},
		{"delivery to the customer's site", "ru-xiaomi", policy.Carrying{Leg: "back", Verdict: policy.Covered}, "maker", "warranty-service-carriage"},
		{"the law before the maker", "ru-xiaomi", policy.Carrying{Leg: "back", Verdict: policy.Covered, Grams: 5001}, "seller", "heavy-goods"},
		{"heavy and refused", "ru-omsk", policy.Carrying{Leg: "in", Verdict: policy.Refused, Grams: 12000}, "seller", "heavy-goods"},
		{"nothing said", "ru-omsk", policy.Carrying{Leg: "in", Verdict: policy.Covered, Grams: 5000}, "", ""},
	} {
		var bearer, id string
		p := program(t, c.pack)
		if r := p.Carriage(c.of); r != nil {
			bearer, id = r.Bearer, r.ID
			if p.CarriageRuleOf(r.Pack, r.ID) != r.CarriageRule {
				t.Errorf("%s: the rule is not found again", c.name)
			}
		}
		if bearer != c.bearer || id != c.id {
			t.Errorf("%s: %q by %q, want %q by %q", c.name, bearer, id, c.bearer, c.id)
		}
	}
}

func TestKeep(t *testing.T) {
	ready := calendar.MustDate("2026-01-31")
	k := program(t, "bg-omni").Keep(ready)
	if len(k.Warnings) != 2 || k.Warnings[0].On.String() != "2026-02-07" || k.Wait != nil || k.Fee.From.String() != "2026-03-03" {
		t.Errorf("bg-omni: %+v", k)
	}
	for day, want := range map[string]string{"2026-03-02": "0.00", "2026-03-03": "0.50", "2026-03-12": "5.00"} {
		if sum, err := k.Fee.Due(calendar.MustDate(day)); err != nil || sum.String() != want {
			t.Errorf("fee on %s: %s, want %s, %v", day, sum, want, err)
		}
	}
	r := program(t, "ru-omsk").Keep(ready)
	if r.Fee != nil || r.Wait == nil || r.Wait.Rule.Requirement != "RU-GK-738" || r.Wait.Allowed(calendar.MustDate("2026-12-31")).String() != "2027-03-01" {
		t.Errorf("ru-omsk: %+v", r)
	}
}

// What is wrong in these rules is told with its place.
func TestShippingFaults(t *testing.T) {
	data, err := packs.Files.ReadFile("statute-ru/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for old, c := range map[string][2]string{
		"over_grams: 5000":        {"over_grams: -1", "over_grams: expected a whole number"},
		"wait_after_warning: P2M": {"wait_after_warning: soon", "wait_after_warning"},
		"id: heavy-goods":         {"id: Heavy", "lower-case words"},
		"bearer: seller":          {"bearer: nobody", "nobody"},
		"  - id: wait-before-sale\n    requirement: RU-GK-738": {"  - id: wait-before-sale\n    requirement: law", "expected a row"},
		"    wait_after_warning: P2M\n":                        {"    wait_after_warning: P2M\n    fee_per_day: \"1\"\n", "stand together"},
	} {
		if !strings.Contains(string(data), old) {
			t.Fatalf("the pack has no %q", old)
		}
		p, err := policy.ParsePack("statute-ru/policy.yaml", []byte(strings.Replace(string(data), old, c[0], 1)))
		if err == nil {
			lib, libErr := packs.Library()
			if libErr != nil {
				t.Fatal(libErr)
			}
			omsk, _ := lib.Program("ru-omsk", calendar.Date{})
			_, err = policy.Compile(omsk.Pack, p, nil, omsk.Lexicon())
		}
		if err == nil || !strings.Contains(err.Error(), c[1]) || !strings.Contains(err.Error(), "statute-ru/policy.yaml:") {
			t.Errorf("%s: %v", c[0], err)
		}
	}
}
