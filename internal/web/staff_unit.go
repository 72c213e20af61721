package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// unitData is the page of one unit of the registry.
type unitData struct {
	desk.UnitView
	Device  string
	Places  map[string]string
	Claims  []unitClaim // newest first
	Open    *unitClaim
	Numbers map[string]string // claim id → number, for the ledger
	MayOpen bool

	Certificate bool // the register has the sale's certificate
	MaySell     bool
	MayRescind  bool
	Lineage     []unitLife // the units it was given for, and those given for it
}

// unitLife is another unit of the same contract with its claims.
type unitLife struct {
	care.Unit
	Device  string
	Earlier bool
	Claims  []unitClaim
}

// unitClaim is a claim in a unit's history.
type unitClaim struct {
	care.Claim
	Link string
}

func (s *Server) unitPage(v *visit) error {
	view, err := s.desk.Unit(v.r.Context(), v.Actor, v.r.PathValue("id"), v.Lang)
	if err != nil {
		return err
	}
	page, err := s.unitData(v, view)
	if err != nil {
		return err
	}
	return v.html(http.StatusOK, "staff/unit", page)
}

func (s *Server) unitData(v *visit, view desk.UnitView) (unitData, error) {
	places, err := s.desk.Places(v.r.Context(), v.Retailer.ID)
	if err != nil {
		return unitData{}, err
	}
	page := unitData{UnitView: view, Device: deviceName(v.L, view.Unit.Category, view.Unit.Brand, view.Unit.Model),
		Places: placeNames(places, v.Lang), Numbers: map[string]string{}, MayOpen: desk.May(v.Actor, desk.OpenClaims)}
	page.MaySell, page.Certificate = desk.May(v.Actor, desk.SellCertificates), desk.May(v.Actor, desk.ReadCertificates)
	page.MayRescind = view.Sale != nil && view.Sale.Rescinded.IsZero() && desk.May(v.Actor, desk.RescindSales)
	for i := len(view.Claims) - 1; i >= 0; i-- {
		c := unitClaim{view.Claims[i], claimPath(view.Claims[i])}
		page.Claims = append(page.Claims, c)
		page.Numbers[c.ID] = c.Number
		if !c.State.Over() && c.State != care.HandedOver && page.Open == nil {
			page.Open = &c
		}
	}
	for _, life := range view.Before {
		page.add(v, life, true)
	}
	for _, life := range view.After {
		page.add(v, life, false)
	}
	return page, nil
}

func (page *unitData) add(v *visit, life desk.UnitLife, earlier bool) {
	out := unitLife{Unit: life.Unit, Earlier: earlier, Device: deviceName(v.L, life.Category, life.Brand, life.Model)}
	for _, c := range life.Claims {
		out.Claims = append(out.Claims, unitClaim{c, claimPath(c)})
		page.Numbers[c.ID] = c.Number
	}
	page.Lineage = append(page.Lineage, out)
}

// newUnitData is the form that records one sale by hand.
type newUnitData struct {
	Form  url.Values
	Wrong wrongs
	Offer bool // a certificate can be sold with the product
	deviceChoices
}

// deviceChoices are the lists of a form that describes a device.
type deviceChoices struct {
	Categories []option
	Channels   []option
	Issuers    []option
	Shops      []option
	Currencies []option
}

func (s *Server) deviceChoices(v *visit, form url.Values) (deviceChoices, error) {
	places, err := s.desk.Places(v.r.Context(), v.Retailer.ID)
	if err != nil {
		return deviceChoices{}, err
	}
	vocabulary := func(name, field string) []option {
		list := options(v.L, name, policy.Words(name), form.Get(field))
		for i := range list {
			list[i].Text = i18n.Capital(list[i].Text)
		}
		return list
	}
	d := deviceChoices{Categories: vocabulary("categories", "category"), Channels: vocabulary("sale_channels", "sale_channel"),
		Issuers: vocabulary("issuers", "warranty_issuer")}
	for _, p := range places {
		if p.Kind == care.ShopPlace {
			d.Shops = append(d.Shops, option{Value: p.ID, Text: placeLine(p, v.Lang), Selected: p.ID == form.Get("shop")})
		}
	}
	b := &controls{pack: v.Pack}
	for _, c := range b.currencies(form.Get("currency")) {
		d.Currencies = append(d.Currencies, option{Value: c.Value, Text: c.Text, Selected: c.Picked})
	}
	return d, nil
}

// knownIdentity puts a number into the field that it looks to be of: fifteen
// digits are an IMEI.
func knownIdentity(form url.Values, identity string) {
	digits := strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, identity)
	if _, err := strconv.ParseUint(digits, 10, 64); err == nil && len(digits) == 15 {
		form.Set("imei", identity)
		return
	}
	form.Set("serial", identity)
}

func (s *Server) newUnitPage(v *visit) error {
	if !desk.May(v.Actor, desk.WriteRegistry) {
		return care.Fail(care.Forbidden, "forbidden", "action", string(desk.WriteRegistry))
	}
	form := url.Values{}
	knownIdentity(form, v.r.URL.Query().Get("identity"))
	return s.newUnitAgain(v, http.StatusOK, form, nil)
}

func (s *Server) newUnitAgain(v *visit, status int, form url.Values, wrong wrongs) error {
	choices, err := s.deviceChoices(v, form)
	if err != nil {
		return err
	}
	offer := desk.May(v.Actor, desk.SellCertificates) && v.Pack != nil && len(v.Pack.Fees.CertificatePlans) > 0
	return v.html(status, "staff/new-unit", newUnitData{form, wrong, offer, choices})
}

// newUnit records a sale that the registry does not know.
func (s *Server) newUnit(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	sale, wrong := readSale(v.L, form)
	row := desk.SaleRow{Category: form.Get("category"), Brand: form.Get("brand"), Model: form.Get("model"), Serial: form.Get("serial"),
		IMEI: form.Get("imei"), Shop: form.Get("shop"), Channel: sale.Channel, Date: sale.Date, Delivered: sale.Delivered, Receipt: sale.Receipt,
		Price: sale.Price, IMEIOnReceipt: sale.IMEIOnReceipt, CardInKit: sale.CardInKit, WarrantyMonths: sale.WarrantyMonths,
		WarrantyIssuer: sale.WarrantyIssuer, Certificate: sale.Certificate, CertificateSold: sale.CertificateSold}
	if len(wrong) == 0 {
		var with *desk.CertificateSale
		if form.Get("sell_certificate") != "" {
			with = &desk.CertificateSale{Lang: v.Lang}
		}
		rec, err := s.desk.RegisterSaleWith(v.r.Context(), v.Actor, row, with)
		if err == nil && rec.Certificate != nil {
			v.flash("good", "flash.staff.certificate_sold")
			s.leaveCertificateLink(v, rec.Certificate.Number, rec.Certificate.Token)
			return v.redirect(certificatePath(rec.Certificate.Number))
		}
		if err == nil {
			v.flash("good", "flash.staff.unit_registered")
			return v.redirect("/staff/intake?unit=" + url.QueryEscape(rec.Unit.ID))
		}
		if err := wrong.take(v.L, err); err != nil {
			return err
		}
	}
	return s.newUnitAgain(v, http.StatusUnprocessableEntity, form, wrong)
}

// readSale reads what a form says of a sale and its papers. Shop and ids are
// the caller's.
func readSale(l *i18n.Locale, form url.Values) (care.Sale, wrongs) {
	var bad wrongs
	s := care.Sale{Channel: form.Get("sale_channel"), Receipt: form.Get("receipt"), WarrantyIssuer: form.Get("warranty_issuer"),
		Certificate: form.Get("certificate")}
	s.Date, s.Delivered, s.CertificateSold = bad.day(l, form, "date"), bad.day(l, form, "delivered"), bad.day(l, form, "certificate_sold")
	if sum := form.Get("price"); sum != "" {
		a, err := parseSum(sum, form.Get("currency"))
		if err != nil {
			bad = append(bad, wrong{"price", failure(l, care.Fail(care.Invalid, "bad_sum", "value", sum))})
		}
		s.Price = &a
	}
	if n := form.Get("warranty_months"); n != "" {
		months, err := strconv.Atoi(n)
		if err != nil || months < 0 || months > 1200 {
			bad = append(bad, wrong{"warranty_months", failure(l, care.Fail(care.Invalid, "bad_months", "value", n))})
		}
		s.WarrantyMonths = &months
	}
	s.IMEIOnReceipt, s.CardInKit = yesNo(form.Get("imei_on_receipt")), yesNo(form.Get("card_in_kit"))
	return s, bad
}

// yesNo is an answer that may also be left open.
func yesNo(s string) *bool {
	var b bool
	switch s {
	case "true":
		b = true
	case "false":
	default:
		return nil
	}
	return &b
}
