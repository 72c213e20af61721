package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/policy"
)

// Foresight is where a claim would stand after a command that has not been
// given.
type Foresight struct {
	Decision policy.Decision
	// Lacks is why the command could not be given as it is; a diagnosis is
	// decided as far as it is known.
	Lacks *care.Error
	// Findings are those of the command, each with the clauses that stand
	// against the customer because of it alone.
	Findings []FindingClauses
}

// FindingClauses is one finding of a diagnosis and what follows from it.
type FindingClauses struct {
	policy.Finding
	Clauses []policy.ClauseRef
}

// Foresee decides a claim as Do would after the command, without storing
// anything: the technician sees what a diagnosis leads to while it is being
// written. It refuses what Do would refuse, but for a diagnosis that is not
// complete yet. The decision is in the reader's language.
func (d *Desk) Foresee(ctx context.Context, actor care.Actor, claim string, cmd care.Command, lang string) (Foresight, error) {
	if err := may(actor, On(cmd.Name())); err != nil {
		return Foresight{}, err
	}
	t, err := d.terms(actor.Retailer)
	if err != nil {
		return Foresight{}, err
	}
	var out Foresight
	err = d.store.View(ctx, func(tx Tx) error {
		c, err := findClaim(ctx, tx, actor, claim)
		if err != nil {
			return err
		}
		w := &work{d: d, ctx: ctx, tx: tx, actor: actor, terms: t, claim: c}
		out, err = w.foresee(cmd, t.lang(lang))
		return err
	})
	if err != nil {
		return Foresight{}, fmt.Errorf("foresee %s: %w", cmd.Name(), err)
	}
	return out, nil
}

func (w *work) foresee(cmd care.Command, lang string) (Foresight, error) {
	cmd, err := w.prepare(cmd)
	if err != nil {
		return Foresight{}, err
	}
	var out Foresight
	diagnosis, diagnosing := diagnosisOf(cmd)
	if err := w.apply(cmd); err != nil && !(diagnosing && care.CodeOf(err) == care.Invalid && errors.As(err, &out.Lacks)) {
		return Foresight{}, err
	}
	stays, err := lineageStays(w.ctx, w.tx, w.claim.Unit)
	if err != nil {
		return Foresight{}, err
	}
	facts := care.FactsOf(w.claim, stays, w.d.now(), w.terms.zone)
	if out.Lacks != nil {
		facts.Diagnosis = diagnosis
	}
	if out.Decision, err = w.decision(facts, lang); err != nil {
		return Foresight{}, err
	}
	if diagnosing {
		out.Findings, err = w.findingClauses(facts, lang)
	}
	return out, err
}

func diagnosisOf(cmd care.Command) (policy.DiagnosisFacts, bool) {
	switch c := cmd.(type) {
	case care.Diagnose:
		return c.Facts, true
	case *care.Diagnose:
		return c.Facts, true
	}
	return policy.DiagnosisFacts{}, false
}

// findingClauses decides with each finding alone, and keeps what would not
// stand without it.
func (w *work) findingClauses(facts policy.Facts, lang string) ([]FindingClauses, error) {
	findings := facts.Diagnosis.Findings
	if len(findings) == 0 {
		return nil, nil
	}
	alone := func(list []policy.Finding) ([]policy.ClauseRef, error) {
		f := facts
		f.Diagnosis.Findings = list
		dec, err := w.decision(f, lang)
		return against(dec), err
	}
	anyway, err := alone([]policy.Finding{})
	if err != nil {
		return nil, err
	}
	out := make([]FindingClauses, 0, len(findings))
	for _, f := range findings {
		clauses, err := alone([]policy.Finding{f})
		if err != nil {
			return nil, err
		}
		clauses = slices.DeleteFunc(clauses, func(c policy.ClauseRef) bool {
			return slices.ContainsFunc(anyway, func(a policy.ClauseRef) bool { return a.ID == c.ID })
		})
		out = append(out, FindingClauses{f, clauses})
	}
	return out, nil
}

// against lists the clauses of a decision that refuse or make the work paid,
// each once.
func against(dec policy.Decision) []policy.ClauseRef {
	var out []policy.ClauseRef
	for _, b := range dec.Bases {
		for _, c := range b.Clauses {
			if c.Effect != "refuse" && c.Effect != "paid" || slices.ContainsFunc(out, func(o policy.ClauseRef) bool { return o.ID == c.ID }) {
				continue
			}
			out = append(out, c)
		}
	}
	return out
}
