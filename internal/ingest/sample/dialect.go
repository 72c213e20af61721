package sample

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
)

// dialect is how a retailer's system writes a table.
type dialect struct {
	cp1251, mark bool // else UTF-8, with a byte order mark
	comma        rune
	crlf         bool
	yes, no      string
	date         func(d calendar.Date, n int) string // n tells rows apart, for the time of day
	decimal      string
	thousand     string
	words        map[string]string // fixed value → the retailer's word
	columns      []column
}

type column struct {
	header string
	cell   func(d *dialect, r *desk.SaleRow, n int) string
}

func dialects() map[string]*dialect {
	return map[string]*dialect{"ru-omsk": omsk(), "bg-omni": omni(), "ru-xiaomi": xiaomi()}
}

func (d *dialect) write(w io.Writer, rows []desk.SaleRow, seed uint64) error {
	out := w
	var encoder *transform.Writer
	switch {
	case d.cp1251:
		encoder = transform.NewWriter(w, charmap.Windows1251.NewEncoder())
		out = encoder
	case d.mark:
		if _, err := io.WriteString(w, "\ufeff"); err != nil {
			return err
		}
	}
	table := csv.NewWriter(out)
	table.Comma, table.UseCRLF = d.comma, d.crlf
	cells := make([]string, len(d.columns))
	for i, c := range d.columns {
		cells[i] = c.header
	}
	if err := table.Write(cells); err != nil {
		return err
	}
	for n := range rows {
		for i, c := range d.columns {
			cells[i] = c.cell(d, &rows[n], int(seed%1000)+n)
		}
		if err := table.Write(cells); err != nil {
			return err
		}
	}
	table.Flush()
	if err := table.Error(); err != nil || encoder == nil {
		return err
	}
	return encoder.Close()
}

func omsk() *dialect {
	return &dialect{cp1251: true, comma: ';', crlf: true, yes: "Да", no: "Нет", decimal: ",", thousand: "\u00a0",
		date: func(d calendar.Date, n int) string {
			return dayFirst(d) + fmt.Sprintf(" %02d:%02d:%02d", 10+n*7%10, n*13%60, n*29%60)
		},
		words: map[string]string{"phone": "Смартфоны", "tablet": "Планшеты", "laptop": "Ноутбуки", "tv": "Телевизоры", "printer": "Принтеры",
			"mfp": "МФУ", "monitor": "Мониторы", "desktop": "Компьютеры", "network": "Сетевое оборудование", "accessory": "Аксессуары", "other": "Прочее",
			"store": "Розница", "online": "Интернет-магазин", "manufacturer": "Изготовитель", "retailer": "Продавец"},
		columns: []column{{"Документ", receipt}, {"Дата", sold}, {"Канал продаж", channel}, {"Артикул", sku}, {"Вид номенклатуры", category},
			{"Бренд", brand}, {"Номенклатура", name}, {"Серийный номер", serial}, {"IMEI", imei1}, {"IMEI 2", imei2}, {"IMEI в чеке", onReceipt},
			{"Гарантийный талон", card}, {"Гарантия, мес.", warranty}, {"Гарантию даёт", issuer}, {"Цена, руб.", price}, {"Сертификат", certificate},
			{"Дата сертификата", certificateSold}, {"Цена сертификата, руб.", certificateCost}, {"Вес, кг", weight}, {"Дата доставки", delivered},
			{"Покупатель", customer}, {"Телефон", phone}, {"Эл. почта", email}, {"Город", city}, {"Адрес", address}}}
}

func omni() *dialect {
	return &dialect{mark: true, comma: ';', crlf: true, yes: "да", no: "не", decimal: ",",
		date: func(d calendar.Date, _ int) string { return dayFirst(d) },
		words: map[string]string{"laptop": "Лаптопи", "tablet": "Таблети", "phone": "Телефони", "tv": "Телевизори", "printer": "Принтери",
			"mfp": "Мултифункционални устройства", "desktop": "Настолни компютри", "monitor": "Монитори", "motherboard": "Дънни платки",
			"video_card": "Видеокарти", "sound_card": "Звукови карти", "cpu": "Процесори", "ram": "Памети", "network": "Мрежови устройства",
			"optical_drive": "Оптични устройства", "hard_disk": "Твърди дискове", "accessory": "Аксесоари", "store": "Магазин", "online": "Онлайн",
			"manufacturer": "производител", "retailer": "търговец", "omni-shop-sofia": "Магазин omni.bg, София"},
		columns: []column{{"Дата на продажба", sold}, {"Фактура", receipt}, {"Обект", place}, {"Канал", channel}, {"Артикул", sku},
			{"Категория", category}, {"Марка", brand}, {"Модел", name}, {"Сериен номер", serial}, {"IMEI", imei1}, {"IMEI 2", imei2},
			{"Цена", price}, {"Валута", currency}, {"Гаранция, мес.", warranty}, {"Гаранция от", issuer}, {"Гаранционна карта", card},
			{"Цифрови елементи", digital}, {"Тегло, г", gramsCell}, {"Дата на доставка", delivered}, {"Клиент", customer}, {"Телефон", phone},
			{"Имейл", email}, {"Град", city}, {"Адрес", address}}}
}

func xiaomi() *dialect {
	return &dialect{comma: ',', yes: "yes", no: "no", decimal: ".",
		date: func(d calendar.Date, _ int) string { return d.String() + " 00:00:00" },
		words: map[string]string{"phone": "Smartphones", "tablet": "Tablets", "tv": "TVs", "laptop": "Laptops", "monitor": "Monitors",
			"network": "Routers", "accessory": "Accessories", "other": "Other", "store": "Store", "online": "Online", "third_party": "Third party",
			"manufacturer": "Manufacturer", "retailer": "Seller"},
		columns: []column{{"Order no.", receipt}, {"Sale date", sold}, {"Channel", channel}, {"SKU", sku}, {"Category", category}, {"Brand", brand},
			{"Model", name}, {"Serial number", serial}, {"IMEI", imei1}, {"IMEI 2", imei2}, {"Price", price}, {"Currency", currency},
			{"Warranty months", warranty}, {"Warranty issuer", issuer}, {"Warranty card in kit", card}, {"Original packaging", packaging},
			{"Weight, g", gramsCell}, {"Delivery date", delivered}, {"Customer", customer}, {"Phone", phone}, {"E-mail", email}, {"City", city},
			{"Address", address}}}
}

func dayFirst(d calendar.Date) string {
	y, m, day := d.YMD()
	return fmt.Sprintf("%02d.%02d.%04d", day, m, y)
}

// The cells of a sale.

func receipt(_ *dialect, r *desk.SaleRow, _ int) string  { return r.Receipt }
func sku(_ *dialect, r *desk.SaleRow, _ int) string      { return r.SKU }
func brand(_ *dialect, r *desk.SaleRow, _ int) string    { return r.Brand }
func name(_ *dialect, r *desk.SaleRow, _ int) string     { return r.Model }
func serial(_ *dialect, r *desk.SaleRow, _ int) string   { return r.Serial }
func imei1(_ *dialect, r *desk.SaleRow, _ int) string    { return r.IMEI }
func imei2(_ *dialect, r *desk.SaleRow, _ int) string    { return r.IMEI2 }
func customer(_ *dialect, r *desk.SaleRow, _ int) string { return r.Customer.Name }
func phone(_ *dialect, r *desk.SaleRow, _ int) string    { return r.Customer.Phone }
func email(_ *dialect, r *desk.SaleRow, _ int) string    { return r.Customer.Email }
func city(_ *dialect, r *desk.SaleRow, _ int) string     { return r.Customer.Settlement }
func address(_ *dialect, r *desk.SaleRow, _ int) string  { return r.Customer.Address }
func currency(_ *dialect, r *desk.SaleRow, _ int) string { return r.Price.Currency }
func place(d *dialect, r *desk.SaleRow, _ int) string    { return d.words[r.Shop] }
func channel(d *dialect, r *desk.SaleRow, _ int) string  { return d.words[r.Channel] }
func category(d *dialect, r *desk.SaleRow, _ int) string { return d.words[r.Category] }
func issuer(d *dialect, r *desk.SaleRow, _ int) string   { return d.words[r.WarrantyIssuer] }
func warranty(_ *dialect, r *desk.SaleRow, _ int) string { return strconv.Itoa(*r.WarrantyMonths) }
func price(d *dialect, r *desk.SaleRow, _ int) string    { return d.sum(r.Price) }
func gramsCell(_ *dialect, r *desk.SaleRow, _ int) string {
	return strconv.Itoa(r.WeightGrams)
}
func weight(d *dialect, r *desk.SaleRow, _ int) string {
	return fmt.Sprintf("%d%s%03d", r.WeightGrams/1000, d.decimal, r.WeightGrams%1000)
}
func onReceipt(d *dialect, r *desk.SaleRow, _ int) string   { return d.flag(r.IMEIOnReceipt) }
func card(d *dialect, r *desk.SaleRow, _ int) string        { return d.flag(r.CardInKit) }
func packaging(d *dialect, r *desk.SaleRow, _ int) string   { return d.flag(r.OriginalPackaging) }
func digital(d *dialect, r *desk.SaleRow, _ int) string     { return d.flag(r.DigitalElements) }
func certificate(_ *dialect, r *desk.SaleRow, _ int) string { return r.Certificate }
func certificateCost(d *dialect, r *desk.SaleRow, _ int) string {
	return d.sum(r.CertificatePrice)
}
func sold(d *dialect, r *desk.SaleRow, n int) string { return d.date(r.Date, n) }

func delivered(d *dialect, r *desk.SaleRow, n int) string       { return d.day(r.Delivered, n) }
func certificateSold(d *dialect, r *desk.SaleRow, n int) string { return d.day(r.CertificateSold, n) }

func (d *dialect) day(day calendar.Date, n int) string {
	if day.IsZero() {
		return ""
	}
	return d.date(day, n)
}

func (d *dialect) flag(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return d.yes
	}
	return d.no
}

// sum writes an amount with the dialect's marks.
func (d *dialect) sum(a *money.Amount) string {
	if a == nil {
		return ""
	}
	whole, fraction, _ := strings.Cut(a.String(), ".")
	if at := len(whole) - 3; d.thousand != "" && at > 0 {
		whole = whole[:at] + d.thousand + whole[at:]
	}
	return whole + d.decimal + fraction
}
