package calendar_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/talon-care/talon/calendar"
)

func stay(t testing.TB, s string) calendar.Stay {
	t.Helper()
	got, err := calendar.ParseStay(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestParseStay(t *testing.T) {
	for _, c := range []struct{ name, in, zone, from, to string }{
		{"dates", "2026-03-01/2026-03-20", "", "2026-03-01", "2026-03-20"},
		{"one day", "2026-03-01/2026-03-01", "", "2026-03-01", "2026-03-01"},
		{"instants in their own offset", "2026-03-01T10:00:00+03:00/2026-03-02T16:00:00+03:00", "", "2026-03-01", "2026-03-02"},
		{"instants in the shop's zone", "2025-06-29T22:30:00+03:00/2025-06-30T01:00:00+06:00", "Asia/Omsk", "2025-06-30", "2025-06-30"},
		{"local times", "2026-03-01T23:59/2026-03-02 00:01", "Europe/Sofia", "2026-03-01", "2026-03-02"},
		{"date and instant", "2026-03-01/2026-03-02T16:00:00Z", "Europe/Sofia", "2026-03-01", "2026-03-02"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := calendar.ParseStay(c.in, zone(t, c.zone))
			if want := (calendar.Stay{From: date(c.from), To: date(c.to)}); err != nil || got != want {
				t.Errorf("got %v, %v; want %v", got, err, want)
			}
		})
	}
	for name, c := range map[string]struct {
		in   string
		code calendar.Code
	}{
		"empty":              {"", calendar.BadStay},
		"one end":            {"2026-03-01", calendar.BadStay},
		"three ends":         {"2026-03-01/2026-03-02/2026-03-03", calendar.BadStay},
		"backwards":          {"2026-03-20/2026-03-01", calendar.BadStay},
		"missing end":        {"2026-03-20/", calendar.BadDate},
		"missing beginning":  {"/2026-03-20", calendar.BadDate},
		"bad date":           {"2026-02-30/2026-03-01", calendar.BadDate},
		"bad time":           {"2026-03-01T25:00Z/2026-03-02", calendar.BadInstant},
		"no zone, no offset": {"2026-03-01T10:00/2026-03-02", calendar.OffsetNeeded},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := calendar.ParseStay(c.in, nil); code(t, err) != c.code || got != (calendar.Stay{}) {
				t.Errorf("got %v, %v; want %s", got, err, c.code)
			}
		})
	}
	if _, err := calendar.NewStay(date("2026-03-01"), calendar.Date{}); code(t, err) != calendar.BadStay {
		t.Errorf("a stay without an end: %v", err)
	}
}

func TestUnion(t *testing.T) {
	for _, c := range []struct {
		name     string
		in, want []string
		days     int
	}{
		{"none", nil, nil, 0},
		{"overlapping", []string{"2026-03-01/2026-03-20", "2026-03-10/2026-03-25"}, []string{"2026-03-01/2026-03-25"}, 25},
		{"neighbouring days", []string{"2026-03-03/2026-03-05", "2026-03-01/2026-03-02"}, []string{"2026-03-01/2026-03-05"}, 5},
		{"a day between", []string{"2026-03-01/2026-03-02", "2026-03-04/2026-03-05"}, []string{"2026-03-01/2026-03-02", "2026-03-04/2026-03-05"}, 4},
		{"one inside", []string{"2026-03-01/2026-03-20", "2026-03-05/2026-03-06", "2026-03-19/2026-03-21"}, []string{"2026-03-01/2026-03-21"}, 21},
		{"twice", []string{"2026-03-01/2026-03-01", "2026-03-01/2026-03-01"}, []string{"2026-03-01/2026-03-01"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var in, want []calendar.Stay
			for _, s := range c.in {
				in = append(in, stay(t, s))
			}
			for _, s := range c.want {
				want = append(want, stay(t, s))
			}
			before := append([]calendar.Stay(nil), in...)
			got := calendar.Union(in)
			if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b calendar.Stay) bool { return a == b })); len(want)+len(got) > 0 && diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if n := calendar.StayDays(in); n != c.days {
				t.Errorf("%d days, want %d", n, c.days)
			}
			for i := range in {
				if in[i] != before[i] {
					t.Errorf("the argument changed: %v", in)
				}
			}
		})
	}
}

// TestStayDaysIsASetOfDays compares with the set of days itself, in any order,
// stays without days among them.
func TestStayDaysIsASetOfDays(t *testing.T) {
	start := date("2026-01-01")
	one := rapid.Custom(func(t *rapid.T) calendar.Stay {
		if rapid.IntRange(0, 9).Draw(t, "kind") == 0 {
			ends := []calendar.Stay{{}, {To: start.AddDays(3)}, {From: start.AddDays(3)}, {From: start.AddDays(9), To: start.AddDays(2)}}
			return rapid.SampledFrom(ends).Draw(t, "empty")
		}
		from := start.AddDays(rapid.IntRange(0, 60).Draw(t, "from"))
		return calendar.Stay{From: from, To: from.AddDays(rapid.IntRange(0, 20).Draw(t, "more"))}
	})
	rapid.Check(t, func(t *rapid.T) {
		stays := rapid.SliceOfN(one, 0, 8).Draw(t, "stays")
		set := map[calendar.Date]bool{}
		for _, s := range stays {
			for d := s.From; !s.From.IsZero() && !d.After(s.To); d = d.AddDays(1) {
				set[d] = true
			}
		}
		if got := calendar.StayDays(stays); got != len(set) {
			t.Fatalf("%d days, want %d", got, len(set))
		}
		if got := calendar.StayDays(rapid.Permutation(stays).Draw(t, "order")); got != len(set) {
			t.Fatalf("%d days in another order, want %d", got, len(set))
		}
		sum := 0
		united := calendar.Union(stays)
		for i, s := range united {
			sum += s.Days()
			if i > 0 && s.From.Sub(united[i-1].To) < 2 {
				t.Fatalf("%v and %v are not united", united[i-1], s)
			}
			for d := s.From; !d.After(s.To); d = d.AddDays(1) {
				if !set[d] {
					t.Fatalf("%v is in no stay", d)
				}
			}
		}
		if sum != len(set) {
			t.Fatalf("the union has %d days, want %d", sum, len(set))
		}
	})
}

func FuzzParseStay(f *testing.F) {
	for _, s := range []string{"2026-03-01/2026-03-20", "2026-03-01T10:00:00+03:00/2026-03-02", "2026-03-29T03:30/2026-10-25T03:30", "/", "2026-03-02/2026-03-01"} {
		f.Add(s)
	}
	loc := zone(f, "Europe/Sofia")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := calendar.ParseStay(s, loc)
		if (err == nil) != (got.Days() > 0) {
			t.Errorf("%q gives %v, %v", s, got, err)
		}
		if err == nil {
			if again, err := calendar.ParseStay(got.From.String()+"/"+got.To.String(), nil); err != nil || again != got {
				t.Errorf("%q gives %v, which reads back as %v, %v", s, got, again, err)
			}
		}
	})
}

func BenchmarkStayDays(b *testing.B) {
	stays := []calendar.Stay{stay(b, "2026-03-01/2026-03-20"), stay(b, "2026-03-10/2026-03-25"), stay(b, "2026-05-01/2026-05-03")}
	b.ReportAllocs()
	for b.Loop() {
		calendar.StayDays(stays)
	}
}
