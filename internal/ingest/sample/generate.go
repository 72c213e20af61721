package sample

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/money"
)

// testRange starts the type codes that are kept for test devices (reporting
// body 00); a model's own three digits complete them.
const testRange = "00100"

// generator makes the sales of one retailer.
type generator struct {
	shop      shop
	opt       Options
	random    *rand.PCG
	models    []model
	words     map[string][]string
	used      map[string]bool // serials and IMEI serials
	customers []desk.Contact
	numbers   int // receipts so far
	papers    int // certificates so far
}

// shop is what differs from retailer to retailer.
type shop struct {
	id, people   string
	place        string // shop that it sells in, where its pack names one
	online       int    // percent of the sales
	third        int    // percent through third parties
	receipt      string // form of its numbers
	demoReceipt  string
	phone        string
	street       string
	onReceipt    int  // percent of the phones with their IMEI on the receipt; 0 = not kept
	certificates bool // sells them
	packaging    bool // keeps whether the packaging was the original
	digital      bool // keeps whether there are digital elements
	currency     func(calendar.Date) string
}

func shops() map[string]shop {
	roubles := func(calendar.Date) string { return "RUB" }
	return map[string]shop{
		"ru-omsk": {id: "ru-omsk", people: "ru", online: 22, receipt: "ОМ00-%06d", demoReceipt: "ДЕМО-%04d", phone: "+7 999 000-%02d-%02d",
			street: "ул. %s, %d", onReceipt: 72, certificates: true, currency: roubles},
		"ru-xiaomi": {id: "ru-xiaomi", people: "ru", online: 55, third: 3, receipt: "1000%06d", demoReceipt: "DEMO-%04d",
			phone: "+7 999 000-%02d-%02d", street: "ул. %s, %d", packaging: true, currency: roubles},
		"bg-omni": {id: "bg-omni", people: "bg", place: "omni-shop-sofia", online: 58, receipt: "10000%05d", demoReceipt: "ДЕМО-%04d",
			phone: "+359 88 000 %02d%02d", street: "ул. „%s“ %d", digital: true, currency: func(d calendar.Date) string {
				if d.Before(calendar.MustDate("2026-01-01")) {
					return "BGN"
				}
				return "EUR"
			}},
	}
}

func newGenerator(retailer string, opt Options) (*generator, error) {
	s, ok := shops()[retailer]
	if !ok {
		return nil, unknown(retailer)
	}
	g := &generator{shop: s, opt: opt, random: rand.NewPCG(opt.Seed, uint64(len(retailer))), used: map[string]bool{}}
	var err error
	if g.models, err = models(retailer); err != nil {
		return nil, err
	}
	g.words, err = people()
	return g, err
}

// n is a number below k. It is our own so that no release of Go changes the
// shipped files.
func (g *generator) n(k int) int { return int(g.random.Uint64() % uint64(k)) }

func (g *generator) chance(percent int) bool { return g.n(100) < percent }

func (g *generator) pick(set string) string { return g.words[set][g.n(len(g.words[set]))] }

// demo makes the units for demonstrations, without any chance in them.
func (g *generator) demo() ([]Unit, error) {
	rows, err := table(g.shop.id+".demo.tsv", 13)
	if err != nil {
		return nil, err
	}
	var out []Unit
	for i, r := range rows {
		m, err := modelOf(g.models, r[3])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r[0], err)
		}
		day, err := back(r[1], g.opt.Until)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r[0], err)
		}
		row := g.row(m, day, r[2])
		row.Serial, row.Receipt = r[4], fmt.Sprintf(g.shop.demoReceipt, i+1)
		row.IMEI, row.IMEI2 = imei(m, r[5]), imei(m, r[6])
		if g.shop.onReceipt > 0 {
			row.IMEIOnReceipt = ptr(r[7] == "yes")
		}
		row.CardInKit = ptr(r[8] == "yes")
		if r[9] != "" {
			g.certify(&row, r[9], day)
		}
		if r[10] != "" {
			row.Customer = g.contact(r[10], r[11], i+1)
		}
		if day = day.AddDays(2); row.Channel == "online" && !day.After(g.opt.Until) {
			row.Delivered = day
		}
		out = append(out, Unit{Name: r[0], Shows: r[12], Sale: row})
	}
	return out, nil
}

// sales makes rows in the order of their days.
func (g *generator) sales(rows int) []desk.SaleRow {
	days := make([]calendar.Date, max(rows, 0))
	for i := range days {
		days[i] = g.day()
	}
	slices.SortFunc(days, calendar.Date.Compare)
	out := make([]desk.SaleRow, len(days))
	for i, day := range days {
		out[i] = g.sale(day)
	}
	return out
}

// day draws a day of sale: more in November and December and at weekends.
func (g *generator) day() calendar.Date {
	span := g.opt.Until.Sub(g.opt.Until.AddMonths(-months))
	for {
		day := g.opt.Until.AddDays(-g.n(span))
		keep := 45
		switch _, month, _ := day.YMD(); month {
		case 11, 12:
			keep += 40
		case 8, 9:
			keep += 10
		}
		if w := day.Weekday(); w == 0 || w == 6 {
			keep += 10
		}
		if g.chance(keep) {
			return day
		}
	}
}

func (g *generator) sale(day calendar.Date) desk.SaleRow {
	m := g.model(day)
	channel := "store"
	switch p := g.n(100); {
	case p < g.shop.online:
		channel = "online"
	case p < g.shop.online+g.shop.third:
		channel = "third_party"
	}
	row := g.row(m, day, channel)
	row.Price.Minor = shelf(row.Price.Minor*int64(96+g.n(9))/100, row.Price.Currency)
	g.numbers++
	row.Receipt = fmt.Sprintf(g.shop.receipt, g.numbers)
	row.Serial = g.serial(m.serial)
	g.phone(&row, m)
	row.CardInKit = ptr(m.card != g.chance(7))
	if g.shop.packaging {
		row.OriginalPackaging = ptr(channel != "third_party" || g.chance(60))
	}
	if channel == "online" || g.chance(48) {
		row.Customer = g.customer(channel == "online")
	}
	if delivered := day.AddDays(1 + g.n(6)); channel == "online" && !delivered.After(g.opt.Until) {
		row.Delivered = delivered
	}
	if g.shop.certificates && m.issuer == "manufacturer" && g.chance(24) {
		g.papers++
		sold := day
		if later := day.AddDays(1 + g.n(30)); g.chance(12) && !later.After(g.opt.Until) {
			sold = later
		}
		g.certify(&row, fmt.Sprintf("ПГО-%06d", 1000+g.papers), sold)
	}
	return row
}

// model draws one that is on sale on the day.
func (g *generator) model(day calendar.Date) model {
	total := 0
	for _, m := range g.models {
		if !day.Before(m.launched) {
			total += m.sold
		}
	}
	at := g.n(total)
	for _, m := range g.models {
		if day.Before(m.launched) {
			continue
		}
		if at -= m.sold; at < 0 {
			return m
		}
	}
	return g.models[0] // not reached: at is below the total
}

// row is what a model and a day give.
func (g *generator) row(m model, day calendar.Date, channel string) desk.SaleRow {
	row := desk.SaleRow{SKU: m.sku, Category: m.category, Brand: m.brand, Model: m.name, Channel: channel, Date: day,
		WeightGrams: m.grams, WarrantyMonths: ptr(m.months), WarrantyIssuer: m.issuer, Price: g.price(m, day)}
	if channel == "store" {
		row.Shop = g.shop.place
	}
	if g.shop.digital {
		row.DigitalElements = ptr(slices.Contains([]string{"laptop", "tablet", "phone", "tv", "desktop", "network"}, m.category))
	}
	if g.shop.onReceipt > 0 {
		row.IMEIOnReceipt = ptr(false)
	}
	if g.shop.packaging {
		row.OriginalPackaging = ptr(true)
	}
	return row
}

// price falls by one percent a month, by a fifth at most.
func (g *generator) price(m model, day calendar.Date) *money.Amount {
	fall := max(0, min(20, day.Sub(m.launched)/30))
	currency := g.shop.currency(day)
	minor := m.price * int64(100-fall) / 100
	if currency == "BGN" {
		minor = minor * 195583 / 100000
	}
	return &money.Amount{Minor: shelf(minor, currency), Currency: currency}
}

// shelf makes a price as shops write them: 24 990, 379.00, 29.90.
func shelf(minor int64, currency string) int64 {
	units := minor / 100
	switch {
	case currency == "RUB" && units >= 10_000:
		return (units/500*500 + 490) * 100
	case currency == "RUB":
		return (units/100*100 + 90) * 100
	case units >= 100:
		return (units/10*10 + 9) * 100
	}
	return units*100 + 90
}

// serial fills a maker's pattern until the number is new.
func (g *generator) serial(pattern string) string {
	for {
		s := []byte(pattern)
		for i, c := range s {
			switch c {
			case '#':
				s[i] = "0123456789"[g.n(10)]
			case '@':
				s[i] = "ABCDEFGHJKLMNPQRSTVWXYZ"[g.n(23)]
			}
		}
		if !g.used[string(s)] {
			g.used[string(s)] = true
			return string(s)
		}
	}
}

// phone gives a phone its numbers: the second SIM card's follows the first.
func (g *generator) phone(row *desk.SaleRow, m model) {
	if m.tac == "" {
		return
	}
	for row.IMEI == "" {
		serial := fmt.Sprintf("%06d", 200_000+2*g.n(400_000))
		if key := m.tac + serial; !g.used[key] {
			g.used[key] = true
			row.IMEI = imei(m, serial)
			if m.category == "phone" && m.brand != "Apple" {
				row.IMEI2 = imei(m, serial[:5]+string(serial[5]+1))
			}
		}
	}
	if g.shop.onReceipt > 0 {
		row.IMEIOnReceipt = ptr(g.chance(g.shop.onReceipt))
	}
}

func imei(m model, serial string) string {
	if serial == "" {
		return ""
	}
	digits := m.tac + serial
	return digits + string('0'+care.LuhnDigit(digits))
}

// certify adds a certificate at the price of its plan.
func (g *generator) certify(row *desk.SaleRow, number string, sold calendar.Date) {
	price := certificatePrice(row.Category, row.Price.Minor)
	if price == 0 {
		return
	}
	row.Certificate, row.CertificateSold = number, sold
	row.CertificatePrice = &money.Amount{Minor: price, Currency: row.Price.Currency}
}

// certificatePrice repeats the plans of the retailer's pack; a test holds them
// together.
func certificatePrice(category string, price int64) int64 {
	switch category {
	case "phone", "tablet", "accessory", "other":
		if price < 15_000_00 {
			return 1_490_00
		}
		return 2_990_00
	case "laptop", "desktop", "monitor", "printer", "mfp":
		if price < 50_000_00 {
			return 3_990_00
		}
		return 5_990_00
	case "tv":
		return 4_990_00
	}
	return 0
}

// customer is a new one, or sometimes one who has bought before.
func (g *generator) customer(address bool) desk.Contact {
	if len(g.customers) > 50 && g.chance(15) {
		return g.customers[g.n(len(g.customers))]
	}
	set, name := g.shop.people, ""
	family := g.pick(set + " family")
	if g.chance(50) {
		name = g.pick(set+" man") + " " + family
	} else {
		name = g.pick(set+" woman") + " " + family + "а"
	}
	number := 100 + len(g.customers)*7919%9900
	c := g.contact(name, g.pick(g.shop.id+" settlement"), number)
	if g.chance(35) {
		c.Email = ""
	}
	if address {
		c.Address = fmt.Sprintf(g.shop.street, g.pick(set+" street"), 1+g.n(90))
	}
	g.customers = append(g.customers, c)
	return c
}

func (g *generator) contact(name, settlement string, number int) desk.Contact {
	domain := "example.org"
	if number%2 == 0 {
		domain = "example.com"
	}
	return desk.Contact{Name: name, Settlement: settlement, Phone: fmt.Sprintf(g.shop.phone, number/100, number%100),
		Email: fmt.Sprintf("%s%d@%s", latin(name), number, domain)}
}

// latin writes a name in the letters of an e-mail address.
func latin(name string) string {
	const from = "абвгдежзийклмнопрстуфхцчшщъыьэюяё "
	to := strings.Split("a|b|v|g|d|e|zh|z|i|y|k|l|m|n|o|p|r|s|t|u|f|h|ts|ch|sh|sht|a|y||e|yu|ya|e|.", "|")
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		at := 0
		for _, c := range from {
			if c == r {
				b.WriteString(to[at])
			}
			at++
		}
	}
	return b.String()
}

func ptr[T any](v T) *T { return &v }
