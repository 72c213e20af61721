package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
)

func (s *Server) recoveryRoutes(m *routes) {
	m.staff("GET /staff/recovery", s.recoveryPage)
	m.staff("POST /staff/recovery", s.addRecovery)
	m.staff("POST /staff/recovery/batches", s.createBatch)
	m.staff("GET /staff/recovery/batches/{id}", s.batchPage)
	m.staff("GET /staff/recovery/batches/{id}/lines.csv", s.batchCSV)
	m.staff("POST /staff/recovery/batches/{id}/{step}", s.batchStep)
	m.staff("POST /staff/recovery/lines/{id}/answer", s.answerRecovery)
}

// recoveryData is what suppliers owe.
type recoveryData struct {
	Totals    []care.RecoveryTotal
	Open      []openSupplier
	Lines     []care.Recovery
	Next      string
	First     string
	Batches   []care.RecoveryBatch
	Names     map[string]string // of suppliers
	Suppliers []option
	States    []option
	Kinds     []option
	Form      url.Values
	Wrong     wrongs
	Currency  string
}

// openSupplier is a supplier from whom nothing has been claimed of what is
// open.
type openSupplier struct {
	ID, Name string
	Lines    int
	Amount   money.Amount
}

func (s *Server) recoveryPage(v *visit) error {
	return s.recoveryAgain(v, http.StatusOK, url.Values{}, nil)
}

func (s *Server) recoveryAgain(v *visit, status int, form url.Values, wrong wrongs) error {
	q := v.r.URL.Query()
	ctx := v.r.Context()
	page := recoveryData{Form: form, Wrong: wrong, Currency: v.Pack.Currency}
	var err error
	if page.Names, err = s.supplierNames(v); err != nil {
		return err
	}
	if page.Totals, err = s.desk.RecoveryTotals(ctx, v.Actor, care.RecoveryFilter{}); err != nil {
		return err
	}
	if err := page.open(); err != nil {
		return err
	}
	f := care.RecoveryFilter{Supplier: q.Get("supplier")}
	page.States = options(v.L, "recovery_state", asTexts(care.RecoveryStates()), q.Get("state"))
	for i, o := range page.States {
		page.States[i].Text = i18n.Capital(o.Text)
		if o.Selected {
			f.States = []care.RecoveryState{care.RecoveryState(o.Value)}
		}
	}
	for _, o := range page.Open {
		page.Suppliers = append(page.Suppliers, option{Value: o.ID, Text: o.Name, Selected: o.ID == f.Supplier})
	}
	page.Kinds = options(v.L, "recovery_kind", asTexts(care.RecoveryKinds()), form.Get("kind"))
	for i, o := range page.Kinds {
		page.Kinds[i].Text = i18n.Capital(o.Text)
	}
	lines, next, err := s.desk.Recoveries(ctx, v.Actor, f, care.Page{Cursor: q.Get("from"), Limit: workRows})
	if err != nil {
		return err
	}
	page.Lines = lines
	page.Next, page.First = pageLinks("/staff/recovery", q, next)
	if page.Batches, _, err = s.desk.Batches(ctx, v.Actor, care.Page{Limit: 30}); err != nil {
		return err
	}
	return v.html(status, "staff/recovery", page)
}

// open sums up what can be claimed now, by supplier.
func (d *recoveryData) open() error {
	at := map[string]int{}
	for _, t := range d.Totals {
		i, known := at[t.Supplier]
		if !known {
			i = len(d.Open)
			at[t.Supplier] = i
			d.Open = append(d.Open, openSupplier{ID: t.Supplier, Name: nameOr(d.Names, t.Supplier), Amount: money.Amount{Currency: t.Currency}})
		}
		if t.State != care.RecoveryOpen {
			continue
		}
		sum, err := d.Open[i].Amount.Add(t.Amount)
		if err != nil {
			return err
		}
		d.Open[i].Amount, d.Open[i].Lines = sum, d.Open[i].Lines+t.Lines
	}
	return nil
}

func nameOr(names map[string]string, id string) string {
	if n := names[id]; n != "" {
		return n
	}
	return i18n.Capital(id)
}

func (s *Server) supplierNames(v *visit) (map[string]string, error) {
	list, err := s.desk.Suppliers(v.r.Context(), v.Actor, v.Lang)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, x := range list {
		names[x.ID] = x.Name
	}
	return names, nil
}

func (s *Server) addRecovery(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	amount, err := money.Parse(form.Get("amount"), v.Pack.Currency)
	if err != nil {
		err = care.Fail(care.Invalid, "bad_sum", "field", "amount", "value", form.Get("amount")).At("amount")
	} else {
		_, err = s.desk.AddRecovery(v.r.Context(), v.Actor, desk.NewRecovery{Claim: form.Get("claim"), Kind: care.RecoveryKind(form.Get("kind")),
			What: form.Get("what"), Amount: amount})
	}
	return s.recoveryDone(v, err, form, "flash.recovery.added")
}

func (s *Server) recoveryDone(v *visit, err error, form url.Values, done string) error {
	if err == nil {
		v.flash("good", done)
		return v.redirect("/staff/recovery")
	}
	var wrong wrongs
	if care.CodeOf(err) == care.NotFound && form.Get("claim") != "" {
		wrong = wrongs{{Field: "claim", Text: failure(v.L, err)}}
	} else if err := wrong.take(v.L, err); err != nil {
		return err
	}
	return s.recoveryAgain(v, httpkit.Status(err), form, wrong)
}

func (s *Server) createBatch(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	b, err := s.desk.CreateBatch(v.r.Context(), v.Actor, form.Get("supplier"))
	if err != nil {
		return s.recoveryDone(v, err, url.Values{}, "")
	}
	v.flash("good", "flash.recovery.batched", "number", b.Number)
	return v.redirect("/staff/recovery/batches/" + url.PathEscape(b.ID))
}

// batchData is one batch.
type batchData struct {
	desk.BatchView
	Supplier string
	Wrong    wrongs
}

func (s *Server) batchPage(v *visit) error {
	return s.batchAgain(v, http.StatusOK, v.r.PathValue("id"), nil)
}

func (s *Server) batchAgain(v *visit, status int, id string, wrong wrongs) error {
	view, err := s.desk.Batch(v.r.Context(), v.Actor, id)
	if err != nil {
		return err
	}
	names, err := s.supplierNames(v)
	if err != nil {
		return err
	}
	return v.html(status, "staff/batch", batchData{BatchView: view, Supplier: nameOr(names, view.Batch.Supplier), Wrong: wrong})
}

// batchStep sends a batch, takes it apart, or notes its payment.
func (s *Server) batchStep(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	id, step := v.r.PathValue("id"), v.r.PathValue("step")
	switch step {
	case "send":
		_, err = s.desk.SendBatch(v.r.Context(), v.Actor, id)
	case "drop":
		_, err = s.desk.DropBatch(v.r.Context(), v.Actor, id)
	case "pay":
		_, err = s.desk.PayBatch(v.r.Context(), v.Actor, id, form.Get("reference"))
	default:
		return httpkit.Refuse(http.StatusNotFound, nil)
	}
	return s.batchDone(v, err, id, step)
}

func (s *Server) batchDone(v *visit, err error, id, step string) error {
	if err == nil {
		v.flash("good", "flash.recovery."+step)
		return v.redirect("/staff/recovery/batches/" + url.PathEscape(id))
	}
	var wrong wrongs
	if err := wrong.take(v.L, err); err != nil {
		return err
	}
	return s.batchAgain(v, httpkit.Status(err), id, wrong)
}

// answerRecovery notes the supplier's answer to a line of a batch.
func (s *Server) answerRecovery(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	var agreed *money.Amount
	if form.Get("answer") != "rejected" {
		sum, bad := money.Parse(form.Get("agreed"), v.Pack.Currency)
		if bad != nil {
			return s.batchDone(v, care.Fail(care.Invalid, "bad_sum", "field", "agreed", "value", form.Get("agreed")).At("agreed"), form.Get("batch"), "")
		}
		agreed = &sum
	}
	_, err = s.desk.AnswerRecovery(v.r.Context(), v.Actor, v.r.PathValue("id"), agreed, form.Get("reason"))
	return s.batchDone(v, err, form.Get("batch"), "answer")
}

// batchCSV is the batch as it is sent to the supplier.
func (s *Server) batchCSV(v *visit) error {
	view, err := s.desk.Batch(v.r.Context(), v.Actor, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := view.WriteCSV(&b); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", view.Batch.Number+".csv"))
	_, _ = v.w.Write(b.Bytes()) // the reader may have gone away
	return nil
}

// Earned is what a line of a supplier is for: a part by the language's word
// for it and by what the repairer wrote.
func (v *visit) Earned(kind care.RecoveryKind, what string) string {
	if kind != care.RecoverParts {
		return what
	}
	part, rest, _ := strings.Cut(what, " ")
	return strings.TrimSpace(v.L.Or("parts", part) + " " + rest)
}
