package desk

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// reportModels is how many models a report shows; reportDays is its time
// unless another is asked for, and maxReportDays the longest.
const (
	reportModels  = 20
	reportDays    = 90
	maxReportDays = 3 * 366
)

// ReportAsk says what a report is to be of. Zero days are the ninety that end
// today.
type ReportAsk struct {
	From, To calendar.Date // days of opening, both counted
	Centre   string
	Category string
	Part     ReportPart // "" = the whole report; else only what this part needs
}

// ReportPart is a part of a report.
type ReportPart string

// The parts of a report; the values are stable.
const (
	ReportLate       ReportPart = "late"
	ReportOutcomes   ReportPart = "outcomes"
	ReportTurnaround ReportPart = "turnaround"
	ReportCentres    ReportPart = "centres"
	ReportRefusals   ReportPart = "refusals"
	ReportModels     ReportPart = "models"
	ReportRepeats    ReportPart = "repeats"
	ReportCosts      ReportPart = "costs"
)

// in reports whether what some parts need is asked for.
func (p ReportPart) in(parts ...ReportPart) bool { return p == "" || slices.Contains(parts, p) }

// ReportView is a report with what a page needs to word it.
type ReportView struct {
	care.Report
	From, To  calendar.Date
	Urgencies []care.Urgency // of the open claims now, whatever the time asked for
	Clauses   map[string]ClauseWords
	Places    []care.Place
	At        time.Time
}

// ClauseWords are a clause's text in the reader's language and its source.
type ClauseWords struct {
	Pack, Text, Source string
}

// Statistics counts the claims that were opened in a time: how they ended, how
// long devices were away, what refused, what broke, what came back and what
// it cost; and how late the open ones are.
func (d *Desk) Statistics(ctx context.Context, actor care.Actor, ask ReportAsk, lang string) (ReportView, error) {
	if err := may(actor, ReadReports); err != nil {
		return ReportView{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return ReportView{}, err
	}
	v := ReportView{At: d.now()}
	if v.From, v.To, err = ask.days(calendar.DateOf(v.At, t.zone)); err != nil {
		return ReportView{}, err
	}
	if ask.Part.in(ReportRefusals) {
		if v.Clauses, err = d.clauseWords(t, lang); err != nil {
			return ReportView{}, fmt.Errorf("report: %w", err)
		}
	}
	f := care.ReportFilter{From: v.From.Start(t.zone), Before: v.To.AddDays(1).Start(t.zone), Centre: ask.Centre, Category: ask.Category}
	err = d.store.View(ctx, func(tx Tx) error {
		v.Report = care.Report{}
		if err := fillClaims(ctx, tx, t, actor.Retailer, f, ask.Part, &v); err != nil {
			return err
		}
		return fillLedger(ctx, tx, actor.Retailer, f, ask.Part, &v)
	})
	if err != nil {
		return ReportView{}, fmt.Errorf("report: %w", err)
	}
	return v, nil
}

func (a ReportAsk) days(today calendar.Date) (from, to calendar.Date, err error) {
	if to = a.To; to.IsZero() {
		to = today
	}
	if from = a.From; from.IsZero() {
		from = to.AddDays(1 - reportDays)
	}
	switch {
	case from.After(to):
		return from, to, care.Fail(care.Invalid, "report_backwards").At("from")
	case to.Sub(from) >= maxReportDays:
		return from, to, care.Fail(care.Invalid, "report_long", "years", "3").At("from")
	}
	return from, to, nil
}

// fillClaims counts the claims of a report's time.
func fillClaims(ctx context.Context, tx Tx, t terms, retailer string, f care.ReportFilter, part ReportPart, v *ReportView) error {
	if part.in(ReportOutcomes, ReportTurnaround, ReportCentres, ReportModels, ReportRepeats) {
		if err := tx.EachReportClaim(ctx, retailer, f, func(c care.ReportClaim) { v.Add(c, t.zone) }); err != nil {
			return err
		}
	}
	if part.in(ReportRefusals) {
		if err := tx.EachRefusal(ctx, retailer, f, v.AddRefusal); err != nil {
			return err
		}
	}
	v.Done(reportModels)
	if part.in(ReportModels) {
		return tx.SoldOfModels(ctx, retailer, v.Models)
	}
	return nil
}

// fillLedger adds what claims cost, how late the open ones are, and the names
// of the places.
func fillLedger(ctx context.Context, tx Tx, retailer string, f care.ReportFilter, part ReportPart, v *ReportView) (err error) {
	if part.in(ReportCosts) {
		if v.Costs, err = tx.ReportCosts(ctx, retailer, f.From, f.Before); err != nil {
			return err
		}
	}
	if part.in(ReportLate) {
		if v.Urgencies, err = tx.Urgencies(ctx, retailer, v.At); err != nil {
			return err
		}
		slices.SortStableFunc(v.Urgencies, func(a, b care.Urgency) int { return cmp.Or(b.Late-a.Late, b.Total()-a.Total()) })
	}
	if part.in(ReportCentres) {
		v.Places, err = tx.Places(ctx, retailer)
	}
	return err
}

// clauseWords words every clause that can decide a claim of the retailer.
func (d *Desk) clauseWords(t terms, lang string) (map[string]ClauseWords, error) {
	program, err := d.packs.Program(t.pack.ID, calendar.Date{})
	if err != nil {
		return nil, fmt.Errorf("pack of %s: %w", t.pack.ID, err)
	}
	out := map[string]ClauseWords{}
	for _, p := range append([]*policy.Pack{program.Pack, program.Statute}, program.Makers...) {
		if p == nil {
			continue
		}
		for _, c := range p.Clauses() {
			if _, there := out[c.ID]; !there {
				out[c.ID] = ClauseWords{Pack: p.ID, Text: c.Text.In(t.lang(lang), p.Languages...), Source: c.Source}
			}
		}
	}
	return out, nil
}
