package ingest_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/ingest"
	"github.com/talon-care/talon/internal/ingest/sample"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/packs/samples"
)

// openDesk is a desk on an empty SQLite, on the last day of the samples.
func openDesk(t testing.TB) *desk.Desk {
	t.Helper()
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	noon := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	d, err := desk.New(desk.Config{Store: desk.StoreOf(storagetest.Open(t)), Packs: lib, Hasher: desk.StrongArgon2id(),
		Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Install(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

func options(t testing.TB, retailer string) ingest.Options {
	t.Helper()
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	program, err := lib.Program(retailer, calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	opt := ingest.OptionsFor(program.Pack)
	opt.Today = sample.Until()
	return opt
}

func shipped(t testing.TB, retailer string) []byte {
	t.Helper()
	file, err := samples.Files.ReadFile(retailer + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// importFile brings a file in and lists the refused rows.
func importFile(t testing.TB, d *desk.Desk, retailer string, file []byte) (desk.ImportReport, []string) {
	t.Helper()
	var refused []string
	report, err := d.ImportSales(t.Context(), care.System(retailer), ingest.ReadSales(bytes.NewReader(file), options(t, retailer)),
		desk.ImportOptions{Refused: func(e *desk.RowError) { refused = append(refused, e.Error()) }})
	if err != nil {
		t.Fatal(err)
	}
	return report, refused
}

func TestImportsTheSamplesOnce(t *testing.T) {
	d := openDesk(t)
	for _, retailer := range sample.Retailers() {
		report, refused := importFile(t, d, retailer, shipped(t, retailer))
		if want := (desk.ImportReport{Read: 3000, Added: 3000}); report != want || refused != nil {
			t.Errorf("%s: %+v, refused %q", retailer, report, refused)
		}
		report, refused = importFile(t, d, retailer, shipped(t, retailer))
		if want := (desk.ImportReport{Read: 3000, Known: 3000}); report != want || refused != nil {
			t.Errorf("%s again: %+v, refused %q", retailer, report, refused)
		}
	}
	t.Run("demonstration units are in the terms they are for", func(t *testing.T) { checkDemo(t, d) })
}

// checkDemo holds, for the units whose description speaks of terms, what is in
// force on the day of the samples.
func checkDemo(t *testing.T, d *desk.Desk) {
	tests := []struct{ retailer, unit, inForce string }{
		{"ru-omsk", "imei-receipt", "statute warranty"},
		{"ru-omsk", "certificate-year", "certificate statute"},
		{"ru-omsk", "no-certificate", "statute"},
		{"ru-omsk", "certificate-over", ""},
		{"ru-omsk", "warranty-last-day", "statute warranty"},
		{"ru-omsk", "certificate-first-day", "certificate statute"},
		{"ru-omsk", "certificate-last-day", "certificate statute"},
		{"ru-omsk", "second-year", "statute"},
		{"ru-omsk", "tv-two-years", "statute warranty"},
		{"bg-omni", "laptop", "statute warranty"},
		{"bg-omni", "laptop-last-day", "statute warranty"},
		{"bg-omni", "laptop-day-after", ""},
		{"bg-omni", "laptop-short-card", "statute"},
		{"bg-omni", "laptop-shop-card", "warranty"},
		{"bg-omni", "laptop-over", ""},
		{"bg-omni", "printer-law", "statute"},
		{"ru-xiaomi", "card", "statute warranty"},
		{"ru-xiaomi", "no-card", "statute warranty"},
		{"ru-xiaomi", "last-day", "statute warranty"},
		{"ru-xiaomi", "day-after", "statute"},
		{"ru-xiaomi", "two-years", "statute"},
		{"ru-xiaomi", "two-years-over", ""},
		{"ru-xiaomi", "tv-long-card", "statute warranty"},
		{"ru-xiaomi", "power-bank", "statute warranty"},
	}
	for _, tt := range tests {
		t.Run(tt.retailer+"/"+tt.unit, func(t *testing.T) {
			unit, err := sample.Find(tt.retailer, tt.unit, calendar.Date{})
			if err != nil {
				t.Fatal(err)
			}
			for _, identity := range []string{unit.Sale.Serial, unit.Sale.IMEI} {
				if identity == "" {
					continue
				}
				check, err := d.CheckWarranty(t.Context(), tt.retailer, identity, "en")
				if err != nil {
					t.Fatal(err)
				}
				var inForce []string
				for _, c := range check.Covers {
					if c.InForce {
						inForce = append(inForce, string(c.Basis))
					}
				}
				slices.Sort(inForce)
				if got := strings.Join(inForce, " "); got != tt.inForce {
					t.Errorf("%s, sold on %s: in force %q, want %q", identity, check.SoldOn, got, tt.inForce)
				}
			}
		})
	}
}

// A file with planted faults goes in but for the faults; when they are mended,
// only they are added.
func TestImportsWhatIsGoodOfABadFile(t *testing.T) {
	text, err := charmap.Windows1251.NewDecoder().Bytes(shipped(t, "ru-omsk"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\r\n")[:501]
	faults := []struct {
		line     int
		old, new string
		want     string
	}{
		{2, "21.01.2026", "21.13.2026", `row 2, Дата: invalid: sales_bad_date (date) value="21.13.2026 17:13:29"`},
		{4, "001000020000039", "001000020000038", `row 4, IMEI: invalid: imei_check (imei) value="001000020000038" want="9"`},
		{5, ";Смартфоны;", ";Телефония;", `row 5, Вид номенклатуры: invalid: sales_unknown_word (category) expected="laptop, tablet, phone, tv, printer, mfp, desktop, monitor, motherboard, video_card, sound_card, io_card, modem, cpu, ram, network, optical_drive, hard_disk, accessory, kitchen_appliance, personal_care, medical_appliance, other" value="Телефония"`},
		{6, ";Honor;", ";;", `row 6, Бренд: invalid: sales_required (brand)`},
		{7, ";Смартфон Samsung", ";\"Смартфон Samsung", `row 7, Номенклатура: invalid: sales_open_quote max="50"`},
		{9, "15 990,00", "1,599", `row 9, Цена, руб.: invalid: sales_bad_sum (price) value="1,599"`},
		{10, ";Омск;", ";Омск", `row 10, Адрес: invalid: sales_too_few_fields columns="25" fields="24"`},
		{11, ";Омск;", ";Омск;ул. Мира;1", `row 11, Адрес: invalid: sales_too_many_fields columns="25" fields="26"`},
		{15, "Розница", "Роз\x00ница", `row 15, Канал продаж: invalid: sales_nul`},
	}
	bad := slices.Clone(lines)
	var want []string
	for _, f := range faults {
		before := bad[f.line-1]
		if f.line == 9 {
			_, rest, _ := strings.Cut(before, ";Изготовитель;")
			f.old, _, _ = strings.Cut(rest, ";")
		}
		if bad[f.line-1] = strings.Replace(before, f.old, f.new, 1); bad[f.line-1] == before {
			t.Fatalf("line %d has no %q: %s", f.line, f.old, before)
		}
		want = append(want, f.want)
	}
	d := openDesk(t)
	report, refused := importFile(t, d, "ru-omsk", toCP1251(t, strings.Join(bad, "")))
	if diff := cmp.Diff(want, refused); diff != "" {
		t.Error(diff)
	}
	if want := (desk.ImportReport{Read: 500, Added: 500 - len(want), Refused: len(want)}); report != want {
		t.Errorf("%+v, want %+v", report, want)
	}
	report, refused = importFile(t, d, "ru-omsk", toCP1251(t, strings.Join(lines, "")))
	if want := (desk.ImportReport{Read: 500, Added: len(want), Known: 500 - len(want)}); report != want || refused != nil {
		t.Errorf("mended: %+v, want %+v, refused %q", report, want, refused)
	}
}

func toCP1251(t testing.TB, text string) []byte {
	t.Helper()
	out, err := charmap.Windows1251.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A shop that the pack does not name is refused by the reader and, where the
// reader was given no pack, by the desk.
func TestUnknownShop(t *testing.T) {
	file := "date,category,brand,serial,shop\n2026-01-02,laptop,Lenovo,S1,omni-shop-sofia\n2026-01-02,laptop,Lenovo,S2,omni-shop-plovdiv\n"
	d := openDesk(t)
	for name, tt := range map[string]struct {
		opt  ingest.Options
		want string
	}{
		"reader": {options(t, "bg-omni"), `row 3, shop: invalid: sales_unknown_shop (shop) value="omni-shop-plovdiv"`},
		"desk":   {ingest.Options{}, `row 3, shop: invalid: no_place (shop) place="omni-shop-plovdiv"`},
	} {
		t.Run(name, func(t *testing.T) {
			var refused []string
			_, err := d.ImportSales(t.Context(), care.System("bg-omni"), ingest.ReadSales(strings.NewReader(file), tt.opt),
				desk.ImportOptions{Refused: func(e *desk.RowError) { refused = append(refused, e.Error()) }})
			if err != nil || fmt.Sprint(refused) != "["+tt.want+"]" {
				t.Errorf("refused %q, %v", refused, err)
			}
		})
	}
}

// What ends the reading ends the import, and keeps what was stored before.
func TestBrokenFileEndsTheImport(t *testing.T) {
	d := openDesk(t)
	_, err := d.ImportSales(t.Context(), care.System("bg-omni"), ingest.ReadSales(strings.NewReader("Дата;Цена\n"), options(t, "bg-omni")), desk.ImportOptions{})
	if err == nil || care.CodeOf(err) != care.Invalid || !strings.HasPrefix(err.Error(), "import sales: read sales: line 1: invalid: sales_columns_missing") {
		t.Errorf("import without columns: %v", err)
	}
}
