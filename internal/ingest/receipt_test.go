package ingest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/money"
)

func TestParseRussianQR(t *testing.T) {
	want := RussianReceipt{Date: calendar.MustDate("2020-11-07"), Time: "20:58", Total: money.Amount{Minor: 6300, Currency: "RUB"},
		Drive: "9288000100192401", Document: "439", Sign: "2880362760", Operation: Sale}
	with := func(change func(*RussianReceipt)) RussianReceipt {
		out := want
		change(&out)
		return out
	}
	tests := []struct {
		name, text string
		want       RussianReceipt
		key        string // at fault; "-" = the whole
	}{
		{"a real one", "t=20201107T2058&s=63.00&fn=9288000100192401&i=439&fp=2880362760&n=1", want, ""},
		{"another order", "n=1&fp=2880362760&i=439&fn=9288000100192401&s=63.00&t=20201107T2058", want, ""},
		{"behind a URL", "https://receipt.example/check?x=1&t=20201107T2058&s=63.00&fn=9288000100192401&i=439&fp=2880362760&n=1#top", want, ""},
		{"seconds", "t=20201107T205807&s=63.00&fn=9288000100192401&i=439&fp=2880362760&n=1", with(func(r *RussianReceipt) { r.Time = "20:58:07" }), ""},
		{"zeros at the front of the sign", "t=20201107T2058&s=63&fn=9288000100192401&i=439&fp=0080362760&n=2", with(func(r *RussianReceipt) {
			r.Sign, r.Operation = "0080362760", SaleRefund
		}), ""},
		{"nothing", "", RussianReceipt{}, "t"},
		{"no query", "%zz", RussianReceipt{}, "-"},
		{"no sum", "t=20201107T2058&fn=9288000100192401&i=439&fp=2880362760&n=1", RussianReceipt{}, "s"},
		{"a key twice", "t=20201107T2058&s=63.00&s=64.00&fn=9288000100192401&i=439&fp=2880362760&n=1", RussianReceipt{}, "s"},
		{"three decimals", "t=20201107T2058&s=63.001&fn=9288000100192401&i=439&fp=2880362760&n=1", RussianReceipt{}, "s"},
		{"below nothing", "t=20201107T2058&s=-63.00&fn=9288000100192401&i=439&fp=2880362760&n=1", RussianReceipt{}, "s"},
		{"no such day", "t=20200231T2058&s=63.00&fn=9288000100192401&i=439&fp=2880362760&n=1", RussianReceipt{}, "t"},
		{"no such hour", "t=20201107T2458&s=63.00&fn=9288000100192401&i=439&fp=2880362760&n=1", RussianReceipt{}, "t"},
		{"no time", "t=20201107&s=63.00&fn=9288000100192401&i=439&fp=2880362760&n=1", RussianReceipt{}, "t"},
		{"drive of 15 digits", "t=20201107T2058&s=63.00&fn=928800010019240&i=439&fp=2880362760&n=1", RussianReceipt{}, "fn"},
		{"letters in the document", "t=20201107T2058&s=63.00&fn=9288000100192401&i=43x&fp=2880362760&n=1", RussianReceipt{}, "i"},
		{"sign too long", "t=20201107T2058&s=63.00&fn=9288000100192401&i=439&fp=28803627600&n=1", RussianReceipt{}, "fp"},
		{"operation 5", "t=20201107T2058&s=63.00&fn=9288000100192401&i=439&fp=2880362760&n=5", RussianReceipt{}, "n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseRussianQR(tt.text)
			if diff := cmp.Diff(tt.want, got, compareDates); diff != "" {
				t.Error(diff)
			}
			checkReceiptFault(t, err, tt.key)
		})
	}
	if got := want.Number(); got != "9288000100192401-439" {
		t.Errorf("number %s", got)
	}
}

func checkReceiptFault(t *testing.T, err error, key string) {
	t.Helper()
	if (err == nil) != (key == "") {
		t.Fatalf("fault %v, want one of %q", err, key)
	}
	if err == nil {
		return
	}
	english(t, err)
	if e := err.(*care.Error); e.Field != key && (e.Field != "" || key != "-") {
		t.Errorf("fault of %q, want %q", e.Field, key)
	}
}

func TestParseBulgarianQR(t *testing.T) {
	want := BulgarianReceipt{Memory: "02517985", Document: "0000085", Date: calendar.MustDate("2019-05-17"), Time: "13:55:18",
		Total: money.Amount{Minor: 3000, Currency: "BGN"}}
	euro := want
	euro.Date, euro.Total = calendar.MustDate("2026-01-01"), money.Amount{Minor: 3050, Currency: "EUR"}
	lastLev := want
	lastLev.Date = calendar.MustDate("2025-12-31")
	tests := []struct {
		name, text string
		want       BulgarianReceipt
		key        string
	}{
		{"point", "02517985*0000085*2019-05-17*13:55:18*30.00", want, ""},
		{"comma", "02517985*0000085*2019-05-17*13:55:18*30,0", want, ""},
		{"no decimals", " 02517985*0000085*2019-05-17*13:55:18*30\n", want, ""},
		{"last day of the lev", "02517985*0000085*2025-12-31*13:55:18*30.00", lastLev, ""},
		{"first day of the euro", "02517985*0000085*2026-01-01*13:55:18*30.5", euro, ""},
		{"nothing", "", BulgarianReceipt{}, "-"},
		{"four parts", "02517985*0000085*2019-05-17*13:55:18", BulgarianReceipt{}, "-"},
		{"memory of 7 digits", "0251798*0000085*2019-05-17*13:55:18*30.00", BulgarianReceipt{}, "memory"},
		{"no document", "02517985**2019-05-17*13:55:18*30.00", BulgarianReceipt{}, "document"},
		{"day first", "02517985*0000085*17-05-2019*13:55:18*30.00", BulgarianReceipt{}, "date"},
		{"no such minute", "02517985*0000085*2019-05-17*13:75:18*30.00", BulgarianReceipt{}, "time"},
		{"no seconds", "02517985*0000085*2019-05-17*13:55*30.00", BulgarianReceipt{}, "time"},
		{"no sum", "02517985*0000085*2019-05-17*13:55:18*", BulgarianReceipt{}, "total"},
		{"three decimals", "02517985*0000085*2019-05-17*13:55:18*30.000", BulgarianReceipt{}, "total"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ParseBulgarianQR(tt.text)
			if diff := cmp.Diff(tt.want, got, compareDates); diff != "" {
				t.Error(diff)
			}
			checkReceiptFault(t, err, tt.key)
		})
	}
	if got := want.Number(); got != "02517985-0000085" {
		t.Errorf("number %s", got)
	}
}

func TestReceiptNumber(t *testing.T) {
	for code, want := range map[string]string{
		"t=20201107T2058&s=63.00&fn=9288000100192401&i=439&fp=2880362760&n=1": "9288000100192401-439",
		"02517985*0000085*2019-05-17*13:55:18*30.00":                          "02517985-0000085",
		"02517985*0000085": "", "490154203237518": "", "": "",
	} {
		if got, ok := ReceiptNumber(code); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v, want %q", code, got, ok, want)
		}
	}
}

func FuzzReceipts(f *testing.F) {
	f.Add("t=20201107T2058&s=63.00&fn=9288000100192401&i=439&fp=2880362760&n=1")
	f.Add("https://x/?n=1&t=20201107T205801&s=63.00&fn=9288000100192401&i=439&fp=0&n=1#")
	f.Add("02517985*0000085*2019-05-17*13:55:18*30.00")
	f.Fuzz(func(t *testing.T, text string) {
		ru, err := ParseRussianQR(text)
		if (err == nil) == (ru == RussianReceipt{}) || err == nil && (ru.Date.IsZero() || ru.Total.Minor < 0 || len(ru.Drive) != 16) {
			t.Fatalf("%+v, %v", ru, err)
		}
		bg, err := ParseBulgarianQR(text)
		if (err == nil) == (bg == BulgarianReceipt{}) || err == nil && (bg.Date.IsZero() || bg.Total.Minor < 0 || len(bg.Memory) != 8) {
			t.Fatalf("%+v, %v", bg, err)
		}
	})
}
