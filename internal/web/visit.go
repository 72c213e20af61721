package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// visit is one reader's request for one page.
type visit struct {
	s *Server
	w http.ResponseWriter
	r *http.Request

	Lang  string
	L     *i18n.Locale
	Flash *httpkit.Flash // what the last page left to say
	// asks is where the page's form with the id "ask" is sent, to be shown in
	// another language without losing what was typed; here is the address of
	// a page that answers a form and has one of its own. Enter is the step
	// that the key sends the form with.
	asks, here string
	Enter      string
	large      bool // more was sent than is taken: whatever page answers it, says so

	// Where the page is a retailer's:
	Retailer care.Retailer
	Pack     *policy.Pack // its newest version
	Zone     *time.Location

	User  *care.User // staff only
	Actor care.Actor
}

func (s *Server) newVisit(w http.ResponseWriter, r *http.Request, offered []string) *visit {
	v := &visit{s: s, w: w, r: r, Zone: time.UTC}
	v.speak(s.cookies.Language(r, offered))
	s.cookies.KeepLanguage(w, r, i18n.Languages())
	return v
}

func (v *visit) speak(lang string) {
	v.Lang, v.L = lang, v.s.words.Locale(lang)
}

// at makes the page a retailer's. A portal speaks the retailer's languages.
func (v *visit) at(id string, portal bool) error {
	r, err := v.s.desk.Retailer(v.r.Context(), id)
	if err != nil {
		return err
	}
	program, err := v.s.packs.Program(id, calendar.Date{})
	if err != nil {
		return fmt.Errorf("pack of %s: %w", id, err)
	}
	if v.Zone, err = time.LoadLocation(r.Zone); err != nil {
		return fmt.Errorf("zone of %s: %w", id, err)
	}
	v.Retailer, v.Pack = r, program.Pack
	if portal {
		v.speak(v.s.cookies.Language(v.r, r.Languages))
	}
	return nil
}

// Name is the retailer's name in the reader's language, or the product's.
func (v *visit) Name() string {
	if v.Retailer.ID == "" {
		return "Talon"
	}
	return text(v.Retailer.Name, v.Lang)
}

// text picks a language of a text, or the one there is.
func text(by map[string]string, lang string) string {
	for _, l := range append([]string{lang}, i18n.Languages()...) {
		if s := by[l]; s != "" {
			return s
		}
	}
	return ""
}

// Path is the page's address without its query, for the menu.
func (v *visit) Path() string { return v.r.URL.Path }

// shopHref is an address of the retailer's own pages: "/terms" gives that of
// its terms, "" that of its home.
func (v *visit) shopHref(rest string) string { return "/r/" + url.PathEscape(v.Retailer.ID) + rest }

// Language is one that the page can be read in.
type Language struct {
	Tag, Href string
	Asks      bool // what was typed is sent there, and shown again
	Current   bool
}

// Languages lists them with addresses. A page that answers a form can't be
// opened anew: its form is sent once more, or there is another address.
func (v *visit) Languages() []Language {
	at, q := v.r.URL.Path, v.r.URL.Query()
	switch {
	case v.asks != "":
		at, q = v.asks, url.Values{}
	case v.r.Method == http.MethodGet, v.r.Method == http.MethodHead:
	case v.here != "":
		at, q = v.here, url.Values{}
	default:
		return nil
	}
	offered := i18n.Languages()
	if v.User == nil && len(v.Retailer.Languages) > 0 {
		offered = v.Retailer.Languages
	}
	list := make([]Language, 0, len(offered))
	for _, tag := range offered {
		q.Set("lang", tag)
		list = append(list, Language{Tag: tag, Href: (&url.URL{Path: at, RawQuery: q.Encode()}).String(), Asks: v.asks != "", Current: tag == v.Lang})
	}
	return list
}

// Place is one entry of the menu.
type Place struct {
	Key, Href string
	Current   bool
	Badge     string // what is new there
}

// MenuPart is a part of the menu: places side by side, or behind one word.
type MenuPart struct {
	Key     string // of the word; "" = side by side
	Places  []Place
	Current bool // the page is one of them
}

// Menu lists the pages that the reader may open.
func (v *visit) Menu() []MenuPart {
	if v.User != nil {
		return v.staffMenu()
	}
	if v.Retailer.ID == "" {
		return nil
	}
	return []MenuPart{{Places: v.shopMenu()}}
}

func (v *visit) place(key, href string) Place {
	here := v.Path() == href || strings.HasPrefix(v.Path(), href+"/") && href != "/r/"+v.Retailer.ID
	return Place{Key: "web.menu." + key, Href: href, Current: here}
}

// staffMenu leaves out what the reader may not open. A part of one page needs
// no word of its own.
func (v *visit) staffMenu() []MenuPart {
	var list []MenuPart
	for _, p := range staffMenu {
		part := MenuPart{Key: p.key}
		for _, e := range p.entries {
			if desk.May(v.Actor, e.action) {
				place := v.place(e.key, e.href)
				place.Badge = v.badge(e.key)
				part.Places = append(part.Places, place)
				part.Current = part.Current || place.Current
			}
		}
		switch {
		case len(part.Places) == 0:
			continue
		case len(part.Places) == 1:
			part.Key = ""
		}
		list = append(list, part)
	}
	return list
}

type menuEntry struct {
	key, href string
	action    desk.Action
}

var staffMenu = []struct {
	key     string
	entries []menuEntry
}{
	{"", []menuEntry{
		{"work", "/staff/work", desk.ReadClaims},
		{"intake", "/staff/intake", desk.OpenClaims},
		{"requests", "/staff/requests", desk.ReadRequests},
		{"alerts", "/staff/alerts", desk.ReadAlerts},
	}},
	{"web.menu.part.service", []menuEntry{
		{"consultations", "/staff/consultations", desk.ReadRequests},
		{"shipments", "/staff/shipments", desk.ReadShipments},
		{"uncollected", "/staff/uncollected", desk.ReadShipments},
		{"loaners", "/staff/loaners", desk.ReadLoaners},
		{"certificates", "/staff/certificates", desk.ReadCertificates},
		{"products", "/staff/products", desk.ReadRegistry},
	}},
	{"web.menu.part.money", []menuEntry{
		{"money", "/staff/money", desk.ReadMoney},
		{"recovery", "/staff/recovery", desk.ReadRecovery},
	}},
	{"web.menu.part.office", []menuEntry{
		{"report", "/staff/report", desk.ReadReports},
		{"policy", "/staff/policy", desk.ReadPolicy},
		{"outbox", "/staff/messages", desk.ReadMessages},
		{"people", "/staff/people", desk.ManageUsers},
		{"webhooks", "/staff/webhooks", desk.ManageWebhooks},
		{"audit", "/staff/audit", desk.ReadAudit},
		{"jobs", "/staff/jobs", desk.ManageJobs},
	}},
}

// redirect sends the browser on after a form.
func (v *visit) redirect(to string) error {
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

// flash leaves a message for the next page: kind is good or bad.
func (v *visit) flash(kind, key string, args ...string) {
	f := httpkit.Flash{Kind: kind, Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if f.Args == nil {
			f.Args = map[string]string{}
		}
		f.Args[args[i]] = args[i+1]
	}
	v.s.cookies.SetFlash(v.w, v.r, f)
}

// form reads what was sent, each text trimmed. A body that is too large or no
// form is refused.
func (v *visit) form() (url.Values, error) {
	if err := v.r.ParseForm(); err != nil {
		if httpkit.Status(err) == http.StatusRequestEntityTooLarge {
			return nil, err
		}
		return nil, httpkit.Refuse(http.StatusBadRequest, err)
	}
	for name, values := range v.r.PostForm {
		for i, s := range values {
			if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
				return nil, care.Fail(care.Invalid, "bad_text", "field", name).At(name)
			}
			values[i] = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
		}
	}
	return v.r.PostForm, nil
}

// localPath keeps a redirect within the site.
func localPath(to, otherwise string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t") {
		return otherwise
	}
	return to
}
