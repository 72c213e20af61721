package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

// pick is one thing that may be picked.
type pick struct {
	Value  string
	Text   string
	Hint   string
	Picked bool
}

// pickGroup is a titled part of a long list.
type pickGroup struct {
	Title string
	Picks []pick
}

// control is a field of a form as a page shows it. Kind names its template.
type control struct {
	Kind     string // text, long_text, bool, radios, choice, choices, list, amount, instant, findings, parts, facts, date, number
	Name     string // in the form
	ID       string // unique on the page
	Label    string
	Hint     string
	Error    string
	Required bool
	Value    string
	Currency string
	Picks    []pick
	Groups   []pickGroup
	None     string // text of the checkbox "none of these"; "" = not offered
	NoneSet  bool
	Rows     []controlRow
	Findings []findingGroup
	// Of an answer: the names of the hidden fields with its fact and with
	// the value it was shown with.
	FactName, WasName string
	Open              bool   // of facts: something in the folded part is wrong
	Scan              string // what a code in it may be
}

// controlRow is one row of a list of objects.
type controlRow struct {
	Fact  string // of facts: the path
	Was   string
	Cells []control
}

// controls builds the fields of one command's form.
type controls struct {
	l        *i18n.Locale
	zone     *time.Location
	command  care.CommandName
	centre   string     // that the claim is routed to already
	typed    url.Values // what was sent, to be kept; nil = a fresh form
	wrong    map[string]string
	places   []care.Place
	users    []care.User
	pack     *policy.Pack
	frozen   *policy.Pack // that the claim is decided by
	decision *policy.Decision
	facts    policy.Facts // what is known, to start the answers with
}

func (b *controls) control(f care.Field) control {
	c := control{Kind: string(f.Type), Name: f.Name, ID: fieldID(b.command, f.Name), Label: b.l.T(f.Label), Required: f.Required,
		Value: f.Value, Error: b.wrong[f.Name]}
	for _, key := range []string{"staff.hint." + f.Name, "staff.hint." + string(b.command) + "." + f.Name} {
		if b.l.Has(key) {
			c.Hint = b.l.T(key)
		}
	}
	if b.typed != nil {
		c.Value = b.typed.Get(f.Name)
	}
	switch f.Type {
	case care.BoolField:
		c.Picks = b.yesNo(c.Value)
	case care.ChoiceField:
		c.Picks = b.options(f, []string{c.Value})
		if f.Required && len(c.Picks) <= fewPicks {
			c.Kind = "radios"
		}
	case care.ChoicesField:
		b.choices(f, &c)
	case care.PlaceField:
		c.Kind, c.Groups = "grouped", b.placeGroups(f, c.Value)
		if f.Required && c.Value == "" && b.typed == nil {
			b.likelyPlace(f, c.Groups)
		}
	case care.UserField:
		c.Kind, c.Picks = "choice", b.people(c.Value)
	case care.AmountField:
		b.amount(f, &c)
	case care.FindingsField:
		b.findings(f, &c)
	case care.PartsField:
		if n, err := strconv.Atoi(f.Value); err == nil {
			c.Hint = b.l.N("money.part_least", n)
		}
		c.Rows = b.rows(f, 2, []string{"part", "name", "serial", "warranty_months", "price"}, []string{"parts", "", "", "", ""})
	case care.FactsField:
		c.Rows = b.factRows(f)
		c.Open = slices.ContainsFunc(c.Rows, func(r controlRow) bool { return r.Cells[0].Error != "" && !r.Cells[0].Required })
	case care.TextField:
		b.priceLists(f, &c)
		c.Scan = scanOf(f.Name)
	}
	return c
}

// scanOf says what a code may give to a field by its name: "imei", "serial"
// or nothing.
func scanOf(name string) string {
	switch name[strings.LastIndex(name, ".")+1:] {
	case "imei", "imei2":
		return "imei"
	case "serial":
		return "serial"
	}
	return ""
}

// fewPicks is up to how many things are all shown at once.
const fewPicks = 5

// fieldID makes the name of a field an id that is unique among the forms of
// a page.
func fieldID(command care.CommandName, name string) string {
	return strings.ReplaceAll(string(command)+"-"+name, ".", "-")
}

func (b *controls) yesNo(value string) []pick {
	return []pick{{Value: "true", Text: i18n.Capital(b.l.T("yes")), Picked: value == "true"},
		{Value: "false", Text: i18n.Capital(b.l.T("no")), Picked: value == "false"}}
}

func (b *controls) options(f care.Field, picked []string) []pick {
	out := make([]pick, 0, len(f.Options))
	for _, o := range f.Options {
		p := pick{Value: o, Text: b.optionText(f, o), Picked: slices.Contains(picked, o)}
		if f.Vocabulary == "remedy_kinds" {
			p.Hint = b.remedyHint(o)
		}
		out = append(out, p)
	}
	if len(out) == 1 && f.Required && f.Type == care.ChoiceField {
		out[0].Picked = true // nothing to choose from
	}
	return out
}

func (b *controls) optionText(f care.Field, option string) string {
	if f.Vocabulary != "" {
		return i18n.Capital(b.l.Or(f.Vocabulary, option))
	}
	if list, item, ok := strings.Cut(option, "/"); ok && f.Name == "items" {
		if price := b.pack.Price(list, item); price != nil {
			return b.pack.PriceText(list, item, b.l.Tag()) + ", " + b.l.Money(*price)
		}
	}
	if b.decision != nil { // an acknowledgement: its text is a notice of the decision
		for _, n := range b.decision.Notices {
			if n.ID == option {
				return n.Text
			}
		}
	}
	return option
}

// remedyHint says who chooses a remedy and the sum that goes with it.
func (b *controls) remedyHint(kind string) string {
	if b.decision == nil {
		return ""
	}
	for _, basis := range b.decision.Bases {
		for _, r := range basis.Remedies {
			if r.Kind == kind && r.Amount != nil {
				return b.l.Money(*r.Amount)
			}
		}
	}
	return ""
}

func (b *controls) choices(f care.Field, c *control) {
	picked := strings.Fields(f.Value)
	if b.typed != nil {
		picked = b.typed[f.Name]
	}
	c.Picks = b.options(f, picked)
	if !f.Required {
		c.None, c.NoneSet = b.l.T("staff.none_of_these"), slices.Contains(picked, noneOf)
	}
}

func (b *controls) placeGroups(f care.Field, value string) []pickGroup {
	var out []pickGroup
	for _, kind := range []care.PlaceKind{care.ShopPlace, care.OwnCentre, care.AuthorisedPlace} {
		if f.Name == "centre" && kind == care.ShopPlace {
			continue
		}
		g := pickGroup{Title: i18n.Capital(b.l.Or("place_kinds", string(kind)))}
		for _, p := range b.places {
			if p.Kind == kind && (b.command != care.CmdRoute || p.ID != b.centre) {
				g.Picks = append(g.Picks, pick{Value: p.ID, Text: placeLine(p, b.l.Tag()), Picked: p.ID == value})
			}
		}
		if len(g.Picks) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// likelyPlace picks the only place there is, or for a device that comes in the
// centre that the claim is routed to.
func (b *controls) likelyPlace(f care.Field, groups []pickGroup) {
	only := len(groups) == 1 && len(groups[0].Picks) == 1
	for _, g := range groups {
		for i, p := range g.Picks {
			g.Picks[i].Picked = only || f.Name == "place" && p.Value == b.centre
		}
	}
}

// placeLine is a place's name with its address, the town once.
func placeLine(p care.Place, lang string) string {
	name, address := text(p.Name, lang), text(p.Address, lang)
	if name == "" {
		name = p.ID
	}
	if address == "" {
		return name
	}
	return name + ", " + townOnce(name, address)
}

// townOnce is an address beside a place's name, without the town where the
// name ends with it.
func townOnce(name, address string) string {
	if town, street, ok := strings.Cut(address, ", "); ok && strings.HasSuffix(name, ", "+town) {
		return street
	}
	return address
}

func (b *controls) people(value string) []pick {
	var out []pick
	for _, u := range b.users {
		if u.Disabled && u.ID != value {
			continue
		}
		out = append(out, pick{Value: u.ID, Text: u.Name + " (" + b.l.T("role."+string(u.Role)) + ")", Picked: u.ID == value})
	}
	return out
}

func (b *controls) amount(f care.Field, c *control) {
	sum, currency, _ := strings.Cut(f.Value, " ")
	if b.typed != nil {
		sum, currency = b.typed.Get(f.Name+".sum"), b.typed.Get(f.Name+".currency")
	}
	c.Value, c.Currency = sum, currency
	c.Picks = b.currencies(currency)
}

// currencies are those that the retailer pays in or converts.
func (b *controls) currencies(picked string) []pick {
	list := []string{b.pack.Currency}
	for _, r := range b.pack.Paying {
		list = append(list, r.From)
	}
	if _, known := money.Decimals(picked); known {
		list = append(list, picked)
	}
	var out []pick
	for _, c := range list {
		if !slices.ContainsFunc(out, func(p pick) bool { return p.Value == c }) {
			out = append(out, pick{Value: c, Text: c, Picked: c == picked})
		}
	}
	return out
}

// priceLists turns the field that names a price list into a choice of those
// that the pack has.
func (b *controls) priceLists(f care.Field, c *control) {
	if f.Name != "price_list" || len(b.pack.Fees.PriceLists) == 0 {
		return
	}
	c.Kind = "choice"
	for _, p := range b.pack.Fees.PriceLists {
		c.Picks = append(c.Picks, pick{Value: p.ID, Text: p.Name.In(b.l.Tag(), b.pack.Languages...), Picked: p.ID == c.Value})
	}
}

// rows shows what was typed, and some empty rows to go on with.
func (b *controls) rows(f care.Field, spare int, keys, vocabularies []string) []controlRow {
	var out []controlRow
	for i := 0; i < maxRows && spare > 0; i++ {
		var row controlRow
		empty := true
		for k, key := range keys {
			c := control{Kind: "text", Name: rowName(f.Name, i, key), ID: fieldID(b.command, rowName(f.Name, i, key)),
				Label: b.cellLabel(f.Name, key), Value: b.typed.Get(rowName(f.Name, i, key))}
			empty = empty && c.Value == ""
			c.Scan = scanOf(key)
			if v := vocabularies[k]; v != "" {
				c.Kind = "choice"
				for _, w := range policy.Words(v) {
					c.Picks = append(c.Picks, pick{Value: w, Text: i18n.Capital(b.l.Or(v, w)), Picked: w == c.Value})
				}
			}
			row.Cells = append(row.Cells, c)
		}
		if empty {
			spare--
		}
		out = append(out, row)
	}
	return out
}

func (b *controls) cellLabel(field, key string) string {
	if label := "field." + field + "." + key; b.l.Has(label) {
		return b.l.T(label)
	}
	return b.l.T("staff." + field + "." + key)
}

// factRows lists the facts that may be stated: those that the decision asks
// for first, worded as its question.
func (b *controls) factRows(f care.Field) []controlRow {
	asked := b.asked()
	order := slices.Clone(f.Options)
	slices.SortStableFunc(order, func(x, y string) int { return rankOf(asked, x) - rankOf(asked, y) })
	out := make([]controlRow, 0, len(order))
	for i, fact := range order {
		was := factText(b.facts, fact)
		c := b.factControl(fact, rowName(f.Name, i, "value"), was)
		if q := b.question(fact); q != "" && slices.Contains(asked, fact) {
			c.Label = q
		}
		if b.typed != nil {
			c.Value = b.typed.Get(c.Name)
			for k := range c.Picks {
				c.Picks[k].Picked = c.Picks[k].Value == c.Value
			}
		}
		c.Error = b.wrong[fact]
		c.FactName, c.WasName = rowName(f.Name, i, "fact"), rowName(f.Name, i, "was")
		c.Required = slices.Contains(asked, fact) // shown apart; not demanded
		out = append(out, controlRow{Fact: fact, Was: was, Cells: []control{c}})
	}
	return out
}

func rankOf(list []string, x string) int {
	if i := slices.Index(list, x); i >= 0 {
		return i
	}
	return len(list)
}

// asked are the facts that the decision lacks, most decisive first.
func (b *controls) asked() []string {
	var out []string
	if b.decision == nil {
		return nil
	}
	for _, basis := range b.decision.Bases {
		for _, n := range basis.Needs {
			if n.Fact != "" && !slices.Contains(out, n.Fact) {
				out = append(out, n.Fact)
			}
		}
	}
	return out
}

func (b *controls) question(fact string) string {
	for _, basis := range b.decision.Bases {
		for _, n := range basis.Needs {
			if n.Fact == fact {
				return n.Question
			}
		}
	}
	return ""
}

// factControl asks for one fact by its kind.
func (b *controls) factControl(fact, name, value string) control {
	kind, vocabulary := factKind(fact)
	c := control{Kind: kind, Name: name, ID: fieldID(b.command, name), Label: b.l.T("fact." + fact), Value: value}
	switch kind {
	case "bool":
		c.Kind = "choice"
		c.Picks = b.yesNo(value)
	case "word":
		c.Kind = "choice"
		for _, w := range policy.Words(vocabulary) {
			c.Picks = append(c.Picks, pick{Value: w, Text: i18n.Capital(b.l.Or(vocabulary, w)), Picked: w == value})
		}
	case "amount":
		var currency string
		c.Value, currency, _ = strings.Cut(value, " ")
		if b.typed != nil {
			currency = b.typed.Get(strings.TrimSuffix(name, "value") + "currency")
		}
		c.Currency = strings.TrimSuffix(name, "value") + "currency"
		c.Picks = b.currencies(currency)
	}
	return c
}

// wrongTexts words what is wrong, by field.
func wrongTexts(l *i18n.Locale, wrong []wrongField) map[string]string {
	out := map[string]string{}
	for _, w := range wrong {
		if _, there := out[w.Field]; !there {
			out[w.Field] = failure(l, w.Err)
		}
	}
	return out
}
