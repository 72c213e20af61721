package ingest

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
)

func rowError(err error) (*desk.RowError, bool) {
	var bad *desk.RowError
	ok := errors.As(err, &bad)
	return bad, ok
}

// Whatever the bytes are, each row is either taken whole or refused with its
// line and column, lines only go up, and what ends the reading has a reason
// for people.
func FuzzReadSales(f *testing.F) {
	f.Add([]byte(russianSales))
	f.Add([]byte("\ufeff" + russianSales))
	f.Add([]byte(cp1251(f, russianSales)))
	f.Add([]byte(plainHead + cells(nil) + "\"\n\"\"\n" + cells(map[string]string{"price": "1 999,00 руб."})))
	f.Add([]byte("sep=\t\r\ndate\tcategory\tbrand\timei\r1.2.2026\tphone\tMi\t\"2605317931138301\"\r"))
	f.Add([]byte("\xff\xfed\x00\n\x00"))
	f.Add([]byte("date,category,brand,serial\n2026-01-01,phone,Mi,\"S1\n\xd2\xc5\xcb\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		last := 0
		for row, err := range ReadSales(strings.NewReader(string(data)), Options{Currency: roubles}) {
			bad, refused := rowError(err)
			switch {
			case refused:
				if bad.Row <= last || bad.Column == "" || care.CodeOf(bad.Reason) != care.Invalid {
					t.Fatalf("after row %d: %v", last, err)
				}
				last = bad.Row
			case err != nil:
				if care.CodeOf(err) != care.Invalid {
					t.Fatalf("ended by %v", err)
				}
			default:
				if row.Row <= last {
					t.Fatalf("row %d after row %d", row.Row, last)
				}
				last = row.Row
				checkTaken(t, row)
			}
		}
	})
}

func checkTaken(t *testing.T, row desk.SaleRow) {
	t.Helper()
	if row.Date.IsZero() || row.Brand == "" || row.Category == "" || row.Serial+row.IMEI == "" {
		t.Fatalf("taken without what a sale needs: %+v", row)
	}
	for _, text := range []string{row.Key, row.SKU, row.Brand, row.Model, row.Serial, row.Receipt, row.Customer.Name, row.Customer.Address} {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\n\ufffd") || utf8.RuneCountInString(text) > maxCell {
			t.Fatalf("taken with a broken text: %q", text)
		}
	}
	for _, price := range []*money.Amount{row.Price, row.CertificatePrice} {
		if price != nil && (price.Minor < 0 || price.Currency == "") {
			t.Fatalf("taken with the price %v", price)
		}
	}
	for _, i := range []string{row.IMEI, row.IMEI2} {
		if again, err := care.ReadIMEI("imei", i); err != nil || again != i {
			t.Fatalf("taken with the IMEI %q: %v", i, err)
		}
	}
}
