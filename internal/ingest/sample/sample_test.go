package sample_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/ingest"
	"github.com/talon-care/talon/internal/ingest/sample"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/packs/samples"
	"github.com/talon-care/talon/policy"
)

var update = flag.Bool("update", false, "write the shipped files and the table of the documentation anew")

var compareDates = cmp.Comparer(func(a, b calendar.Date) bool { return a == b })

func pack(t testing.TB, retailer string) *policy.Pack {
	t.Helper()
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	program, err := lib.Program(retailer, calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	return program.Pack
}

func TestShippedFilesAreWhatTheGeneratorMakes(t *testing.T) {
	for _, retailer := range sample.Retailers() {
		t.Run(retailer, func(t *testing.T) {
			var made bytes.Buffer
			if err := sample.Write(&made, retailer, sample.Options{}); err != nil {
				t.Fatal(err)
			}
			path := "../../../packs/samples/" + retailer + ".csv"
			if *update {
				if err := os.WriteFile(path, made.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			shipped, err := samples.Files.ReadFile(retailer + ".csv")
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(shipped, made.Bytes()) {
				t.Errorf("%s is not what the generator makes: run go test ./internal/ingest/sample -update", path)
			}
		})
	}
}

func TestFilesReadBackAsTheirSales(t *testing.T) {
	encodings := map[string]string{"ru-omsk": "windows-1251", "bg-omni": "utf-8", "ru-xiaomi": ""} // its header is ASCII
	commas := map[string]rune{"ru-omsk": ';', "bg-omni": ';', "ru-xiaomi": ','}
	for _, retailer := range sample.Retailers() {
		t.Run(retailer, func(t *testing.T) {
			want, err := sample.Sales(retailer, sample.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var file bytes.Buffer
			if err := sample.Write(&file, retailer, sample.Options{}); err != nil {
				t.Fatal(err)
			}
			opt := ingest.OptionsFor(pack(t, retailer))
			opt.Today = sample.Until()
			var lay ingest.Layout
			opt.Opened = func(l ingest.Layout) { lay = l }
			var got []desk.SaleRow
			for row, err := range ingest.ReadSales(&file, opt) {
				if err != nil {
					t.Fatal(err)
				}
				if row.Row != len(got)+2 {
					t.Fatalf("row %d is numbered %d", len(got)+2, row.Row)
				}
				row.Row = 0
				got = append(got, row)
			}
			if diff := cmp.Diff(want, got, compareDates); diff != "" {
				t.Error(diff)
			}
			if lay.Encoding != encodings[retailer] || lay.Comma != commas[retailer] || lay.Unknown != nil {
				t.Errorf("understood as %+v", lay)
			}
		})
	}
}

func TestSalesArePlausible(t *testing.T) {
	until := sample.Until()
	for _, retailer := range sample.Retailers() {
		t.Run(retailer, func(t *testing.T) {
			rows, err := sample.Sales(retailer, sample.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != 3000 {
				t.Errorf("%d rows", len(rows))
			}
			categories := policy.Words("categories")
			identities, receipts, counts := map[string]bool{}, map[string]bool{}, map[string]int{}
			for _, r := range rows {
				for _, id := range []string{r.Serial, r.IMEI, r.IMEI2} {
					if id != "" && identities[id] {
						t.Errorf("%s is there twice", id)
					}
					identities[id] = true
				}
				if receipts[r.Receipt] {
					t.Errorf("receipt %s is there twice", r.Receipt)
				}
				receipts[r.Receipt] = true
				if r.Date.After(until) || r.Date.Before(until.AddMonths(-30)) || r.Delivered.After(until) || r.CertificateSold.After(until) {
					t.Errorf("%s sold on %s, delivered on %s, certificate of %s", r.Serial, r.Date, r.Delivered, r.CertificateSold)
				}
				for _, i := range []string{r.IMEI, r.IMEI2} {
					if i == "" {
						continue
					}
					if read, err := care.ReadIMEI("imei", i); err != nil || read != i || !strings.HasPrefix(i, "001") {
						t.Errorf("IMEI %s: %v", i, err)
					}
				}
				if !strings.Contains(strings.Join(categories, " "), r.Category) {
					t.Errorf("category %s", r.Category)
				}
				checkCustomer(t, r.Customer)
				checkPrice(t, retailer, r)
				counts[r.Category]++
				counts["channel "+r.Channel]++
				counts[fmt.Sprint("certificate ", r.Certificate != "")]++
				counts[fmt.Sprint("card ", *r.CardInKit)]++
			}
			for what, least := range map[string]map[string]int{
				"ru-omsk":   {"phone": 1000, "tv": 100, "certificate true": 400, "card true": 1500, "card false": 300, "channel online": 500, "channel store": 1500},
				"bg-omni":   {"phone": 500, "laptop": 500, "tv": 150, "printer": 80, "network": 150, "motherboard": 30, "channel online": 1200, "channel store": 900},
				"ru-xiaomi": {"phone": 1000, "card true": 1500, "card false": 400, "channel online": 1200, "channel store": 900, "channel third_party": 50},
			}[retailer] {
				if counts[what] < least {
					t.Errorf("%d of %q, expected %d or more", counts[what], what, least)
				}
			}
		})
	}
}

// checkCustomer holds that nobody's phone or mailbox is in the files.
func checkCustomer(t *testing.T, c desk.Contact) {
	t.Helper()
	if c == (desk.Contact{}) {
		return
	}
	invented := strings.HasPrefix(c.Phone, "+7 999 000-") && len(c.Phone) == 16 || strings.HasPrefix(c.Phone, "+359 88 000 ") && len(c.Phone) == 16
	mailbox := c.Email == "" || strings.HasSuffix(c.Email, "@example.org") || strings.HasSuffix(c.Email, "@example.com")
	ascii := strings.IndexFunc(c.Email, func(r rune) bool { return r > 'z' }) < 0
	if !invented || !mailbox || !ascii || c.Name == "" {
		t.Errorf("customer %+v", c)
	}
}

func checkPrice(t *testing.T, retailer string, r desk.SaleRow) {
	t.Helper()
	want := "RUB"
	if retailer == "bg-omni" {
		want = "BGN"
		if !r.Date.Before(calendar.MustDate("2026-01-01")) {
			want = "EUR"
		}
	}
	if r.Price.Currency != want || r.Price.Minor < 1000 || r.Price.Minor > 100_000_00 {
		t.Errorf("%s sold on %s for %v %s", r.Model, r.Date, r.Price, r.Price.Currency)
	}
}

// The plans are the pack's; the sample only repeats their prices.
func TestCertificatesCostWhatTheirPlanSays(t *testing.T) {
	p := pack(t, "ru-omsk")
	rows, err := sample.Sales("ru-omsk", sample.Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if r.Certificate == "" {
			continue
		}
		var matching []string
		for _, plan := range p.Fees.CertificatePlans {
			inBand := r.Price.Minor >= minor(t, plan.PriceFrom, 0) && r.Price.Minor <= minor(t, plan.PriceTo, math.MaxInt64)
			if inBand && strings.Contains(" "+strings.Join(plan.Categories, " ")+" ", " "+r.Category+" ") {
				matching = append(matching, plan.Amount)
				seen[plan.ID] = true
			}
		}
		if len(matching) != 1 || matching[0] != r.CertificatePrice.String() {
			t.Errorf("%s for %v: certificate %v, plans %v", r.Category, r.Price, r.CertificatePrice, matching)
		}
	}
	if len(seen) != len(p.Fees.CertificatePlans) {
		t.Errorf("plans sold: %v", seen)
	}
}

func minor(t *testing.T, roubles string, unset int64) int64 {
	t.Helper()
	if roubles == "" {
		return unset
	}
	a, err := money.Parse(roubles, "RUB")
	if err != nil {
		t.Fatal(err)
	}
	return a.Minor
}

func TestSeedAndRows(t *testing.T) {
	write := func(opt sample.Options) string {
		var b bytes.Buffer
		if err := sample.Write(&b, "ru-xiaomi", opt); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	if write(sample.Options{Rows: 200}) != write(sample.Options{Rows: 200, Seed: 1, Until: sample.Until()}) {
		t.Error("the defaults are not the documented ones")
	}
	if write(sample.Options{Rows: 200}) == write(sample.Options{Rows: 200, Seed: 2}) {
		t.Error("another seed makes the same file")
	}
	for _, rows := range []int{1, 30, 31, 5000} {
		if got := strings.Count(write(sample.Options{Rows: rows}), "\n"); got != rows+1 {
			t.Errorf("%d rows: the file has %d lines", rows, got)
		}
	}
	if err := sample.Write(&bytes.Buffer{}, "ru-tomsk", sample.Options{}); err == nil ||
		err.Error() != `sample sales: there is no sample of "ru-tomsk": expected one of bg-omni, ru-omsk, ru-xiaomi` {
		t.Errorf("unknown retailer: %v", err)
	}
	full := errors.New("disk full")
	for _, retailer := range sample.Retailers() {
		if err := sample.Write(failing{full}, retailer, sample.Options{}); !errors.Is(err, full) {
			t.Errorf("%s on a full disk: %v", retailer, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

// The units age with the day they are asked for, and only with it.
func TestDemoUnitsKeepTheirAge(t *testing.T) {
	later := calendar.MustDate("2027-03-31")
	for _, retailer := range sample.Retailers() {
		units, err := sample.Demo(retailer, calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for _, u := range units {
			if names[u.Name] || u.Shows == "" || !strings.Contains(u.Sale.Serial, "-DEMO-") {
				t.Errorf("%s: unit %q, serial %q, shows %q", retailer, u.Name, u.Sale.Serial, u.Shows)
			}
			names[u.Name] = true
			again, err := sample.Find(retailer, u.Name, sample.Until())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(u, again, compareDates); diff != "" {
				t.Error(diff)
			}
		}
		if len(units) != 30 {
			t.Errorf("%s: %d units", retailer, len(units))
		}
	}
	for day, want := range map[calendar.Date]string{sample.Until(): "2025-09-21", later: "2026-01-31"} {
		u, err := sample.Find("bg-omni", "laptop", day)
		if err != nil || u.Sale.Date.String() != want {
			t.Errorf("on %s the laptop was sold on %s, want %s, %v", day, u.Sale.Date, want, err)
		}
	}
	if u, err := sample.Find("bg-omni", "last-lev-day", later); err != nil || u.Sale.Price.Currency != "BGN" || u.Sale.Date.String() != "2025-12-31" {
		t.Errorf("last day of the lev: %+v, %v", u.Sale, err)
	}
	if _, err := sample.Find("bg-omni", "bicycle", later); err == nil {
		t.Error("a unit that is not there was found")
	}
}

// The units are documented in the place that people look them up in.
func TestDocumentationListsTheDemoUnits(t *testing.T) {
	const path, begin, end = "../../../docs/sales-files.md", "<!-- demonstration units: go test ./internal/ingest/sample -update -->\n", "<!-- end -->"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString(begin)
	for _, retailer := range sample.Retailers() {
		fmt.Fprintf(&table, "\n### %s\n\n| name | serial | IMEI | sold on | what it shows |\n|---|---|---|---|---|\n", retailer)
		units, err := sample.Demo(retailer, calendar.Date{})
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range units {
			fmt.Fprintf(&table, "| `%s` | %s | %s | %s | %s |\n", u.Name, u.Sale.Serial, u.Sale.IMEI, u.Sale.Date, u.Shows)
		}
	}
	table.WriteString("\n")
	head, rest, foundBegin := strings.Cut(string(text), begin)
	_, tail, foundEnd := strings.Cut(rest, end)
	if !foundBegin || !foundEnd {
		t.Fatal("the marks of the table are not there")
	}
	want := head + table.String() + end + tail
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(text) != want {
		t.Errorf("%s does not list the units as they are: run go test ./internal/ingest/sample -update", path)
	}
}

// Every field that a file may have is explained.
func TestDocumentationNamesEveryField(t *testing.T) {
	text, err := os.ReadFile("../../../docs/sales-files.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range ingest.Fields() {
		short := "`" + strings.TrimPrefix(string(f), "customer") + "`"
		if !strings.Contains(string(text), "`"+string(f)+"`") && !strings.Contains(string(text), short) {
			t.Errorf("%s is not documented", f)
		}
	}
}
