package ingest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/packs"
)

var compareDates = cmp.Comparer(func(a, b calendar.Date) bool { return a == b })

func ptr[T any](v T) *T { return &v }

// english is a reason as people read it.
func english(t testing.TB, err error) string {
	t.Helper()
	var reason *care.Error
	if !errors.As(err, &reason) {
		t.Fatalf("%v is no domain error", err)
	}
	b, err := i18n.New(i18n.OnMissing(func(lang, key string) { t.Errorf("%s: no text for %s", lang, key) }))
	if err != nil {
		t.Fatal(err)
	}
	var args []any
	for name, value := range reason.Args {
		args = append(args, name, value)
	}
	for _, lang := range i18n.Languages() {
		b.Locale(lang).T(reason.Key, args...)
	}
	return b.Locale("en").T(reason.Key, args...)
}

// read runs a whole file: its sales, its refused rows, and what ended it.
func read(t testing.TB, r io.Reader, opt Options) (rows []desk.SaleRow, refused []string, end error) {
	t.Helper()
	for row, err := range ReadSales(r, opt) {
		var bad *desk.RowError
		switch {
		case errors.As(err, &bad):
			refused = append(refused, fmt.Sprintf("%d %s: %s", bad.Row, bad.Column, english(t, bad.Reason)))
		case err != nil:
			end = err
		default:
			rows = append(rows, row)
		}
	}
	return rows, refused, end
}

func roubles(calendar.Date) string { return "RUB" }

func cp1251(t testing.TB, s string) string {
	t.Helper()
	out, err := charmap.Windows1251.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const russianSales = "Дата продажи;Вид товара;Бренд;Модель;Серийный номер;IMEI;Цена;IMEI в чеке;Гарантия, мес.;Покупатель;Телефон\r\n" +
	"31.12.2025;Смартфоны;Samsung;Galaxy A55 5G;RZ8N0001;001010-00-000001-6;1 999,00;да;12;Мария Ёлкина;+7 999 000-11-22\r\n" +
	"01.02.2026 14:05:00;Телевизор;LG;\"OLED 55\"\" C4; чёрный\";LG-1;;89 990;нет;2 года;;\r\n"

func wantRussian() []desk.SaleRow {
	return []desk.SaleRow{
		{Row: 2, Category: "phone", Brand: "Samsung", Model: "Galaxy A55 5G", Serial: "RZ8N0001", IMEI: "001010000000016",
			Date: calendar.MustDate("2025-12-31"), Price: &money.Amount{Minor: 199900, Currency: "RUB"}, IMEIOnReceipt: ptr(true),
			WarrantyMonths: ptr(12), Customer: desk.Contact{Name: "Мария Ёлкина", Phone: "+7 999 000-11-22"}},
		{Row: 3, Category: "tv", Brand: "LG", Model: `OLED 55" C4; чёрный`, Serial: "LG-1",
			Date: calendar.MustDate("2026-02-01"), Price: &money.Amount{Minor: 8999000, Currency: "RUB"}, IMEIOnReceipt: ptr(false), WarrantyMonths: ptr(24)},
	}
}

func TestReadsOneTableInEveryDress(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(russianSales)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, text, encoding string
		comma                rune
	}{
		{"utf-8", russianSales, "utf-8", ';'},
		{"utf-8 with a byte order mark", "\ufeff" + russianSales, "utf-8", ';'},
		{"windows-1251", cp1251(t, russianSales), "windows-1251", ';'},
		{"utf-16", utf16, "utf-16", ';'},
		{"line feeds", strings.ReplaceAll(russianSales, "\r\n", "\n"), "utf-8", ';'},
		{"carriage returns", strings.ReplaceAll(russianSales, "\r\n", "\r"), "utf-8", ';'},
		{"no last line end", strings.TrimSuffix(russianSales, "\r\n"), "utf-8", ';'},
		{"tabs", strings.ReplaceAll(strings.ReplaceAll(russianSales, "4;", "4\a"), ";", "\t"), "utf-8", '\t'},
		{"headers in capitals", strings.Replace(russianSales, "Дата продажи;Вид товара", "ДАТА ПРОДАЖИ:;  вид_товара ", 1), "utf-8", ';'},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var lay Layout
			text := strings.ReplaceAll(tt.text, "\a", ";")
			rows, refused, end := read(t, iotest.OneByteReader(strings.NewReader(text)), Options{Currency: roubles, Opened: func(l Layout) { lay = l }})
			if end != nil || refused != nil {
				t.Fatalf("refused %q, ended by %v", refused, end)
			}
			if diff := cmp.Diff(wantRussian(), rows, compareDates); diff != "" {
				t.Error(diff)
			}
			if lay.Encoding != tt.encoding || lay.Comma != tt.comma {
				t.Errorf("found %s and %q", lay.Encoding, lay.Comma)
			}
		})
	}
}

func TestLanguagesOfHeaders(t *testing.T) {
	want := desk.SaleRow{Row: 2, SKU: "A-1", Category: "laptop", Brand: "Lenovo", Model: "ThinkPad", Serial: "PF-1", Shop: "omni-shop-sofia",
		Channel: "online", Date: calendar.MustDate("2025-04-03"), Delivered: calendar.MustDate("2025-04-05"), Receipt: "77",
		Price: &money.Amount{Minor: 123456, Currency: "BGN"}, CardInKit: ptr(true), WeightGrams: 1850, WarrantyMonths: ptr(24), WarrantyIssuer: "manufacturer",
		Customer: desk.Contact{Name: "Ivan Petrov", Email: "ivan@example.org", Settlement: "Varna"}}
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	program, err := lib.Program("bg-omni", calendar.Date{})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"english": "SKU,Category,Brand,Model,Serial number,Store,Channel,Sale date,Delivery date,Invoice no.,Price,Warranty card,Weight (kg),Warranty,Warranty issuer,Customer,E-mail,City\n" +
			"A-1,Laptops,Lenovo,ThinkPad,PF-1,\"omni.bg shop, Sofia\",Online,03/04/2025,2025-04-05 00:00:00,77,\"1,234.56\",yes,1.85,24 months,Manufacturer,Ivan Petrov,ivan@example.org,Varna\n",
		"bulgarian": "Артикул;Категория;Марка;Модел;Сериен №;Обект;Канал на продажба;Дата на продажбата;Дата на доставка;Фактура;Цена, лв.;Гаранционна карта;Тегло, г;Гаранционен срок;Гаранция от;Клиент;Имейл;Град\n" +
			"A-1;Лаптопи;Lenovo;ThinkPad;PF-1;omni-shop-sofia;Онлайн;03.04.2025 г.;5.4.2025;77;1.234,56;да;1850;2 години;производителя;Ivan Petrov;ivan@example.org;Varna\n",
		"russian": "Артикул;Категория;Производитель;Номенклатура;Сер. номер;Магазин;Канал;Дата;Дата доставки;Номер чека;Сумма;Валюта;Гарантийный талон;Вес, кг;Срок гарантии;Гарантию даёт;ФИО;Электронная почта;Город\n" +
			"A-1;Ноутбук;Lenovo;ThinkPad;PF-1;Магазин omni.bg, София;Интернет-магазин;03-04-2025;05.04.25;77;1'234,56;BGN;+;1,850;24 мес.;производитель;Ivan Petrov;ivan@example.org;Varna\n",
	} {
		t.Run(name, func(t *testing.T) {
			rows, refused, end := read(t, strings.NewReader(text), OptionsFor(program.Pack))
			if refused != nil || end != nil {
				t.Fatalf("refused %q, ended by %v", refused, end)
			}
			if diff := cmp.Diff([]desk.SaleRow{want}, rows, compareDates); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestEveryFieldHasANameInEveryLanguage(t *testing.T) {
	have := map[Field]map[string]bool{}
	for _, cells := range tsv(headersTSV) {
		if have[Field(cells[0])] == nil {
			have[Field(cells[0])] = map[string]bool{}
		}
		have[Field(cells[0])][cells[1]] = true
	}
	for _, f := range Fields() {
		for _, lang := range i18n.Languages() {
			if !have[f][lang] {
				t.Errorf("%s has no header in %s", f, lang)
			}
		}
		delete(have, f)
	}
	if len(have) > 0 {
		t.Errorf("headers of unknown fields: %v", have)
	}
}

// A name that stood for two fields would be read as the later one in silence.
func TestNamesAreUnique(t *testing.T) {
	for table, text := range map[string]string{"headers": headersTSV, "words": wordsTSV} {
		seen := map[string]string{}
		for _, cells := range tsv(text) {
			for name := range strings.SplitSeq(cells[2], "|") {
				scope, means := "", cells[0]
				if table == "words" {
					scope, means = cells[0], cells[1]
				}
				key := scope + "/" + fold(name)
				if other, ok := seen[key]; ok && other != means {
					t.Errorf("%s: %q means %s and %s", table, name, other, means)
				}
				if fold(name) == "" {
					t.Errorf("%s: %s has a name that folds to nothing", table, means)
				}
				seen[key] = means
			}
		}
	}
}

const plainHead = "date;category;brand;model;serial;imei;price;card in kit;warranty months;certificate date;shop;channel;weight g;weight kg;email;phone;currency\n"

// cells fills a row of plainHead: good values but for the ones given.
func cells(changed map[string]string) string {
	good := map[string]string{"date": "2025-12-31", "category": "phone", "brand": "Xiaomi", "serial": "S1"}
	var out []string
	for name := range strings.SplitSeq(strings.TrimSuffix(plainHead, "\n"), ";") {
		value := good[name]
		if c, ok := changed[name]; ok {
			value = c
		}
		out = append(out, value)
	}
	return strings.Join(out, ";") + "\n"
}

func TestRefusedRows(t *testing.T) {
	places := map[string]string{"omsk service": "omsk-service"}
	tests := []struct {
		name, column, value, want string
	}{
		{"no date", "date", "", "The field is empty. It must be filled in."},
		{"month first", "date", "12/31/2025", "“12/31/2025” is not a date. Expected day, month, year, such as 31.12.2025, or 2025-12-31."},
		{"no such day", "date", "30.02.2026", "“30.02.2026” is not a date. Expected day, month, year, such as 31.12.2025, or 2025-12-31."},
		{"a zone", "date", "2025-12-31T23:00:00Z", "“2025-12-31T23:00:00Z” is not a date. Expected day, month, year, such as 31.12.2025, or 2025-12-31."},
		{"number of a day", "date", "45657", "“45657” is not a date. Expected day, month, year, such as 31.12.2025, or 2025-12-31."},
		{"year of five digits", "date", "20255-12-31", "“20255-12-31” is not a date. Expected day, month, year, such as 31.12.2025, or 2025-12-31."},
		{"later than today", "date", "2027-01-01", "“1\u00a0January 2027” is later than today, 21\u00a0November 2026. Check the year."},
		{"no category", "category", "-", "The field is empty. It must be filled in."},
		{"unknown category", "category", "Велосипеды", "“Велосипеды” is not known here. Expected one of: laptop, tablet, phone, tv, printer, mfp, desktop, monitor, motherboard, video_card, sound_card, io_card, modem, cpu, ram, network, optical_drive, hard_disk, accessory, kitchen_appliance, personal_care, medical_appliance, other, or their usual names."},
		{"no brand", "brand", " ", "The field is empty. It must be filled in."},
		{"neither serial nor IMEI", "serial", "n/a", "There is neither a serial number nor an IMEI. The device could not be found again without one."},
		{"rounded serial", "serial", "1,23457E+11", "“1,23457E+11”: the spreadsheet has rounded the serial number and its last digits are lost. Format the column as text and export it again."},
		{"rounded IMEI", "imei", "3.56938E+14", "“3.56938E+14”: the spreadsheet has rounded the IMEI and its last digits are lost. Format the column as text and export it again."},
		{"wrong check digit", "imei", "260531793113838", "“260531793113838” is not an IMEI: by its check digit a digit is wrong (the last should be 7). Compare it with the box or *#06#."},
		{"short IMEI", "imei", "2605317931138", "“2605317931138” is not an IMEI: it has this many digits: 13. Expected 15 (or 14, 16 or 17 with a software version)."},
		{"letters in IMEI", "imei", "A00000123", "“A00000123” is not an IMEI. Expected 15 digits, such as 001010000000016."},
		{"made-up IMEI", "imei", "123456789012347", "“123456789012347” is a made-up number, not the IMEI of a phone. Leave the field empty where there is none."},
		{"no sum", "price", "call us", "“call us” is not a sum, or can be read in two ways. Expected something like 1999.00 or 1 999,00."},
		{"sum of two readings", "price", "1,999", "“1,999” is not a sum, or can be read in two ways. Expected something like 1999.00 or 1 999,00."},
		{"sum below nothing", "price", "-5", "“-5” is not a sum, or can be read in two ways. Expected something like 1999.00 or 1 999,00."},
		{"three decimals", "price", "0.125", "“0.125” is not a sum, or can be read in two ways. Expected something like 1999.00 or 1 999,00."},
		{"groups of two", "price", "1 99,00", "“1 99,00” is not a sum, or can be read in two ways. Expected something like 1999.00 or 1 999,00."},
		{"sum too large", "price", "99999999999999999999", "“99999999999999999999” is not a sum, or can be read in two ways. Expected something like 1999.00 or 1 999,00."},
		{"sum in pounds", "price", "5 £", "“5 £” is not a sum, or can be read in two ways. Expected something like 1999.00 or 1 999,00."},
		{"perhaps", "card in kit", "perhaps", "“perhaps” is neither yes nor no. Expected yes or no, 1 or 0, + or –."},
		{"warranty of weeks", "warranty months", "6 weeks", "“6 weeks” is not a warranty period. Expected months, such as 24, or a number of years, such as 2 years."},
		{"warranty of ages", "warranty months", "200 years", "“200 years” is not a warranty period. Expected months, such as 24, or a number of years, such as 2 years."},
		{"negative warranty", "warranty months", "-6", "“-6” is not a warranty period. Expected months, such as 24, or a number of years, such as 2 years."},
		{"certificate of tomorrow", "certificate date", "22.11.2026", "“22.11.2026” is later than today, 21\u00a0November 2026. Check the year."},
		{"unknown shop", "shop", "Tomsk", "“Tomsk” is none of this retailer's shops and centres."},
		{"unknown channel", "channel", "by mule", "“by mule” is not known here. Expected one of: store, online, third_party, or their usual names."},
		{"half a gram", "weight g", "1,5", "“1,5” is not a weight. Expected whole grams, or kilograms such as 1,85."},
		{"weight of a ship", "weight kg", "20000", "“20000” is not a weight. Expected whole grams, or kilograms such as 1,85."},
		{"bad e-mail", "email", "ivan at example", "“ivan at example” is not an e-mail address. Expected something like name@example.com, or nothing."},
		{"bad phone", "phone", "7,999E+10", "“7,999E+10” is not a phone number."},
		{"unknown currency", "currency", "GBP", "“GBP” is not a known currency. Expected RUB, EUR, BGN or USD."},
		{"control character", "model", "a\x01b", "A character that does not belong in a text stands behind “a”."},
		{"long cell", "model", strings.Repeat("ж", 501), "The text is too long: at most 500 characters are allowed."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := plainHead + cells(nil) + cells(map[string]string{tt.column: tt.value}) + cells(nil)
			rows, refused, end := read(t, strings.NewReader(text), Options{Currency: roubles, Places: places, Today: calendar.MustDate("2026-11-21")})
			if end != nil || len(rows) != 2 {
				t.Fatalf("%d rows taken, ended by %v", len(rows), end)
			}
			if diff := cmp.Diff([]string{"3 " + tt.column + ": " + tt.want}, refused); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefusedLines(t *testing.T) {
	const head = "date;category;brand;model;serial\n"
	const good = "2025-12-31;phone;Xiaomi;Redmi;S1\n"
	const open = "A quotation mark opens here and is not closed within 50 lines."
	tests := []struct {
		name, text string
		taken      int
		want       []string
	}{
		{"too few fields", head + "2025-12-31;phone;Xiaomi\n" + good, 1, []string{"2 model: The row is too short: fields 3, columns 5."}},
		{"too many fields", head + "2025-12-31;phone;Xiaomi;Redmi;12;S1\n" + good, 1,
			[]string{"2 serial: The row is too long: fields 6, columns 5. A text that holds the separator needs quotation marks."}},
		{"empty fields beyond the last are nothing", head + "2025-12-31;phone;Xiaomi;Redmi;S1;;\n", 1, nil},
		{"blank rows are nothing", head + "\n;;;;\n" + good, 1, nil},
		{"quote open to the end", head + good + "2025-12-31;phone;Xiaomi;\"Redmi;S1\n" + good + good, 3, []string{"3 model: " + open}},
		{"quote closed in a later row", head + "2025-12-31;phone;Xiaomi;\"Redmi;S1\n2025-12-31;phone;Xiaomi;\"Poco\";S2\n" + good, 2,
			[]string{"2 model: Something follows the closing quotation mark. A quotation mark within a quoted text must be doubled."}},
		{"quote open for too long", head + "2025-12-31;phone;Xiaomi;\"Redmi;S1\n" + strings.Repeat(good, 100) + "\";\n", 100, []string{"2 model: " + open,
			"103 date: " + open}},
		{"text behind a quote", head + "2025-12-31;phone;Xiaomi;\"Redmi\" 12;S1\n" + good, 1,
			[]string{"2 model: Something follows the closing quotation mark. A quotation mark within a quoted text must be doubled."}},
		{"line ends and quotes in quotes", head + "2025-12-31;phone;Xiaomi;\"Redmi\n\"\"12\"\"\" ;S1\n" + good, 2, nil},
		{"zero byte", head + "2025-12-31;phone;Xia\x00omi;Redmi;S1\n" + good, 1, []string{"2 brand: There is a zero byte in the row: the file is damaged, or is not a text."}},
		{"line too long", head + strings.Repeat("x", 300_000) + "\n" + good, 1, []string{"2 date: The line is longer than 65536 bytes."}},
		{"last line too long", head + good + strings.Repeat("x", 300_000), 1, []string{"3 date: The line is longer than 65536 bytes."}},
		{"windows-1251 behind utf-8", head + "2025-12-31;телефон;Xiaomi;Redmi;S1\n2025-12-31;" + cp1251(t, "телефон") + ";Xiaomi;Redmi;S2\n" + good, 2,
			[]string{"3 category: This row is not in UTF-8 as the rows before it are, but perhaps in Windows-1251. Save the whole file in one encoding."}},
		{"utf-8 behind windows-1251", head + "2025-12-31;" + cp1251(t, "телефон") + ";Xiaomi;Redmi;S1\n2025-12-31;phone;Xiaomi;Редми;S2\n" + good, 2,
			[]string{"3 model: This row is in UTF-8, while the file is in Windows-1251. Save the whole file in one encoding."}},
		{"letters lost before", head + "2025-12-31;phone;Xiaomi;Ре\ufffdми;S1\n" + good, 1,
			[]string{"2 model: Letters were lost here before the file came to us. Export it again from its source."}},
		{"byte that windows-1251 has not", head + "2025-12-31;phone;Xiaomi;" + cp1251(t, "Ред") + "\x98;S1\n" + good, 1,
			[]string{"2 model: Letters were lost here before the file came to us. Export it again from its source."}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, refused, end := read(t, strings.NewReader(tt.text), Options{})
			if end != nil || len(rows) != tt.taken {
				t.Fatalf("%d rows taken, ended by %v, refused %q", len(rows), end, refused)
			}
			if diff := cmp.Diff(tt.want, refused); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWhatEndsTheReading(t *testing.T) {
	tests := []struct {
		name, text string
		opt        Options
		prefix     string
		want       string
	}{
		{"nothing", "", Options{}, "read sales: ", "The file is empty."},
		{"only blanks", "\n ;;\n\n", Options{}, "read sales: ", "The file is empty."},
		{"a workbook", "PK\x03\x04\x14\x00", Options{}, "read sales: ", "This is a spreadsheet, not a text file. Save it as CSV and try again."},
		{"missing columns", "\nДата;Товар;Количество\n", Options{}, "read sales: line 2: ",
			"The file lacks required columns: category, brand, serial. They are called, for instance: category / категория; brand / бренд / марка; serial / серийный номер / сериен номер / imei. The file has: Дата, Товар, Количество. Another name can be given with --map “HEADER=FIELD”."},
		{"one field in two columns", "date;category;brand;serial;Сумма;Цена\n", Options{Currency: roubles}, "read sales: line 1: ",
			"The columns “Сумма” and “Цена” mean the same (price). Say which one to read, for instance with --map “Сумма=price”."},
		{"sums of no currency", "date;category;brand;serial;price\n", Options{}, "read sales: line 1: ",
			"The file has sums and does not say in which currency. Expected a column such as currency / валюта / валута, or the currency in the header."},
		{"a column that is not there", "date;category;brand;serial\n", Options{Columns: map[string]Field{"S/N": FieldSerial}}, "read sales: line 1: ",
			"The file has no column “S/N” to read as serial. It has: date, category, brand, serial."},
		{"zero bytes in the header", "d\x00a\x00t\x00e\x00", Options{}, "read sales: line 1: ", "There is a zero byte in the row: the file is damaged, or is not a text."},
		{"quote open in the header", "date;category;brand;\"serial\n", Options{}, "read sales: line 1: ", "A quotation mark opens here and is not closed within 50 lines."},
		{"too many columns", strings.Repeat("a;", 1000) + "b\n", Options{}, "read sales: line 1: ", "The table has too many columns: at most 1000 are allowed."},
		{"a field that is not there", "date\n", Options{Columns: map[string]Field{"date": "day"}}, "read sales: column \"date\": ",
			"There is no field “day”. Expected one of: " + joined(fields) + ", or - for a column not to be read."},
		{"a constant that is not there", "date\n", Options{Constants: map[Field]string{"day": "1"}}, "read sales: constant: ",
			"There is no field “day”. Expected one of: " + joined(fields) + ", or - for a column not to be read."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rows, refused, end := read(t, strings.NewReader(tt.text), tt.opt)
			if rows != nil || refused != nil || end == nil {
				t.Fatalf("rows %v, refused %q, ended by %v", rows, refused, end)
			}
			if got := english(t, end); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if !strings.HasPrefix(end.Error(), tt.prefix+"invalid: ") || care.CodeOf(end) != care.Invalid {
				t.Errorf("error %q", end)
			}
		})
	}
	for name, opt := range map[string]Options{"encoding": {Encoding: "koi8-r"}, "separator": {Comma: '|'}} {
		if _, _, end := read(t, strings.NewReader("date\n"), opt); end == nil || !strings.HasPrefix(end.Error(), "read sales: "+name) {
			t.Errorf("unknown %s: %v", name, end)
		}
	}
}

func TestBrokenReader(t *testing.T) {
	broken := errors.New("disk on fire")
	for name, r := range map[string]io.Reader{
		"at once":       iotest.ErrReader(broken),
		"in the header": io.MultiReader(strings.NewReader("date;cat"), iotest.ErrReader(broken)),
		"in a row":      io.MultiReader(strings.NewReader("date;category;brand;serial\n2025-12-31;phone;Mi;S1\n2025"), iotest.ErrReader(broken)),
		"in a quote":    io.MultiReader(strings.NewReader("date;category;brand;serial\n2025-12-31;phone;Mi;\"S1\n"), iotest.ErrReader(broken)),
		"in utf-16":     io.MultiReader(strings.NewReader("\xff\xfed\x00"), iotest.ErrReader(broken)),
		"never a byte":  emptyReader{},
	} {
		_, refused, end := read(t, r, Options{})
		if refused != nil || !errors.Is(end, broken) && !errors.Is(end, io.ErrNoProgress) {
			t.Errorf("%s: refused %q, ended by %v", name, refused, end)
		}
	}
}

type emptyReader struct{}

func (emptyReader) Read([]byte) (int, error) { return 0, nil }

func TestMapping(t *testing.T) {
	text := "sep=,\nКогда,Что,Сер. номер,Цена,Сумма,Комментарий,,Vendor code\n05.01.2026,мобилка,S1,10,20.50,подарок,,7\n"
	var lay Layout
	opt := Options{
		Columns:   map[string]Field{"когда": FieldDate, "Что": FieldCategory, "Сумма": FieldPrice, "Vendor code": Ignored},
		Constants: map[Field]string{FieldBrand: "Xiaomi", FieldCurrency: "руб."},
		Words:     map[string]string{"мобилка": "phone"},
		Opened:    func(l Layout) { lay = l },
	}
	rows, refused, end := read(t, strings.NewReader(text), opt)
	if refused != nil || end != nil {
		t.Fatalf("refused %q, ended by %v", refused, end)
	}
	want := []desk.SaleRow{{Row: 3, Category: "phone", Brand: "Xiaomi", Serial: "S1", Date: calendar.MustDate("2026-01-05"),
		Price: &money.Amount{Minor: 2050, Currency: "RUB"}}}
	if diff := cmp.Diff(want, rows, compareDates); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"Цена", "Комментарий"}, lay.Unknown); diff != "" {
		t.Errorf("unknown columns: %s", diff)
	}
	if diff := cmp.Diff([]Column{{"Когда", FieldDate}, {"Что", FieldCategory}, {"Сер. номер", FieldSerial}, {"Сумма", FieldPrice}}, lay.Columns); diff != "" {
		t.Errorf("columns: %s", diff)
	}
}

func TestParseMapping(t *testing.T) {
	for _, tt := range []struct {
		text, header string
		field        Field
		fault        string
	}{
		{"Сер. номер=serial", "Сер. номер", FieldSerial, ""},
		{" a=b = imei ", "a=b", FieldIMEI, ""},
		{"Комментарий=-", "Комментарий", Ignored, ""},
		{"serial", "", "", "“serial” maps no column. Expected HEADER=FIELD, such as “S/N=serial”."},
		{"=serial", "", "", "“=serial” maps no column. Expected HEADER=FIELD, such as “S/N=serial”."},
		{"x=y", "", "", "There is no field “y”. Expected one of: " + joined(fields) + ", or - for a column not to be read."},
	} {
		header, field, err := ParseMapping(tt.text)
		fault := ""
		if err != nil {
			fault = english(t, err)
		}
		if header != tt.header || field != tt.field || fault != tt.fault {
			t.Errorf("%q: %q %q %q", tt.text, header, field, fault)
		}
	}
}

func TestProgress(t *testing.T) {
	text := plainHead + strings.Repeat(cells(nil), 1201)
	var got []Progress
	rows, _, _ := read(t, strings.NewReader(text), Options{Currency: roubles, Progress: func(p Progress) { got = append(got, p) }})
	if len(rows) != 1201 || len(got) != 3 || got[0].Rows != 500 || got[1].Rows != 1000 {
		t.Fatalf("%d rows, progress %v", len(rows), got)
	}
	if want := (Progress{Bytes: int64(len(text)), Rows: 1201}); got[2] != want {
		t.Errorf("at the end %v, want %v", got[2], want)
	}
}

func TestStopsWhenTold(t *testing.T) {
	n := 0
	for range ReadSales(strings.NewReader(plainHead+strings.Repeat(cells(nil), 10)), Options{Currency: roubles}) {
		if n++; n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("%d rows", n)
	}
}

func BenchmarkReadSales(b *testing.B) {
	head, row, _ := strings.Cut(russianSales, "\r\n")
	row, _, _ = strings.Cut(row, "\r\n")
	const rows = 10_000
	for name, text := range map[string]string{"utf8": head + "\n" + strings.Repeat(row+"\n", rows), "cp1251": cp1251(b, head+"\n"+strings.Repeat(row+"\n", rows))} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for _, err := range ReadSales(bytes.NewReader([]byte(text)), Options{Currency: roubles}) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
				if n != rows {
					b.Fatal(n)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
