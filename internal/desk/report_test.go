package desk_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// TestStatistics lives four claims: one repaired, one on the same laptop some
// days later, one refused for liquid, and one opened before the time asked for.
func TestStatistics(t *testing.T) {
	on(t, func(s *shop) {
		boss := as(care.Manager)
		papers := []string{"invoice", "warranty_card", "return_request"}
		s.now = noon.AddDate(0, -6, 0)
		old := s.open()
		s.repaired(old.Claim.ID, "asus-sofia")
		s.now = noon

		u := s.sell(as(care.Clerk), nil).Unit
		first := s.submit(visitor, ask(u.Serial))
		s.repaired(first.Claim.ID, "asus-sofia") // five days and two hours
		s.now = s.now.Add(20 * 24 * time.Hour)
		again := s.submit(visitor, ask(u.Serial))
		wet := s.open()
		s.do(boss, wet.Claim.ID, care.Accept{Place: "omni-service", Documents: papers}, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: yes(), Kind: "hardware",
			FailedPart: "mainboard", Defect: "mainboard", Findings: []policy.Finding{{Code: "liquid", Part: "mainboard", Cause: "external"}}}})
		s.do(boss, wet.Claim.ID, care.Refuse{}, care.MarkReady{}, care.HandOver{}, care.Close{})

		v, err := s.Statistics(t.Context(), boss, desk.ReportAsk{}, "bg")
		if err != nil {
			t.Fatal(err)
		}
		s.same("claims, open, repaired", []int{v.Claims, v.Open, v.Repaired}, []int{3, 1, 1})
		s.same("outcomes", v.Outcomes, []care.OutcomeCount{{Outcome: "", Claims: 1}, {Outcome: care.OutcomeRefused, Claims: 1}, {Outcome: care.OutcomeRepaired, Claims: 1}})
		if v.Turnaround.Longest < 5*24*time.Hour || v.Turnaround.Longest > 6*24*time.Hour {
			t.Errorf("turnaround: %+v", v.Turnaround)
		}
		if len(v.Refusals) == 0 {
			t.Fatal("no refusal is counted")
		}
		for _, r := range v.Refusals {
			if r.Claims != 1 || r.Ended != 1 || v.Clauses[r.Clause].Text == "" {
				t.Errorf("refusal %+v, worded %q", r, v.Clauses[r.Clause].Text)
			}
		}
		s.same("models", v.Models, []care.ModelCount{{Category: "laptop", Brand: "Lenovo", Model: "T14", Claims: 3, Failures: 1, Sold: 3}})
		if len(v.Repeats) != 1 || v.Repeats[0].Claim != again.Claim.ID || v.Repeats[0].BeforeNumber != first.Claim.Number {
			t.Errorf("repeats: %+v", v.Repeats)
		}
		s.same("who acts", len(v.Urgencies), 1)
		s.same("open now", v.Urgencies[0].Total(), 1)

		for part, of := range map[desk.ReportPart]func(desk.ReportView) any{
			desk.ReportLate:       func(v desk.ReportView) any { return v.Urgencies },
			desk.ReportOutcomes:   func(v desk.ReportView) any { return v.Outcomes },
			desk.ReportTurnaround: func(v desk.ReportView) any { return v.Months },
			desk.ReportCentres:    func(v desk.ReportView) any { return []any{v.Centres, v.Places} },
			desk.ReportRefusals:   func(v desk.ReportView) any { return []any{v.Refusals, v.Clauses} },
			desk.ReportModels:     func(v desk.ReportView) any { return v.Models },
			desk.ReportRepeats:    func(v desk.ReportView) any { return v.Repeats },
			desk.ReportCosts:      func(v desk.ReportView) any { return v.Costs },
		} {
			alone, err := s.Statistics(t.Context(), boss, desk.ReportAsk{Part: part}, "bg")
			if err != nil {
				t.Fatal(err)
			}
			s.same("alone: "+string(part), of(alone), of(v))
		}

		whole, err := s.Statistics(t.Context(), boss, desk.ReportAsk{From: day("2025-06-01"), To: day("2026-12-01")}, "bg")
		if err != nil {
			t.Fatal(err)
		}
		s.same("claims of a longer time", whole.Claims, 4)
		none, err := s.Statistics(t.Context(), boss, desk.ReportAsk{Category: "phone"}, "bg")
		if err != nil {
			t.Fatal(err)
		}
		s.same("phones", none.Claims, 0)

		_, err = s.Statistics(t.Context(), boss, desk.ReportAsk{From: day("2026-03-02"), To: day("2026-03-01")}, "bg")
		s.fails("days the wrong way round", "invalid error.report_backwards", err)
		_, err = s.Statistics(t.Context(), boss, desk.ReportAsk{From: day("2020-03-02"), To: day("2026-03-01")}, "bg")
		s.fails("six years", "invalid error.report_long", err)
		_, err = s.Statistics(t.Context(), as(care.Clerk), desk.ReportAsk{}, "bg")
		s.fails("a clerk", "forbidden error.forbidden", err)
		other, err := s.Statistics(t.Context(), of("ru-omsk", care.Manager), desk.ReportAsk{}, "ru")
		if err != nil {
			t.Fatal(err)
		}
		if other.Claims != 0 || len(other.Refusals) != 0 || len(other.Urgencies) != 0 {
			t.Errorf("another retailer sees %+v", other.Report)
		}
	})
}

// TestTurnaround holds the ranks: the lower of two middle values, and the
// value that nine of ten do not exceed.
func TestTurnaround(t *testing.T) {
	var r care.Report
	begin := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for hours := 1; hours <= 20; hours++ {
		r.Add(care.ReportClaim{State: care.Closed, Outcome: care.OutcomeRepaired, OpenedAt: begin, Accepted: begin, Released: begin.Add(time.Duration(hours) * time.Hour)}, time.UTC)
	}
	r.Done(0)
	want := care.Turnaround{Stays: 20, Median: 10 * time.Hour, Ninth: 18 * time.Hour, Longest: 20 * time.Hour}
	if diff := cmp.Diff(want, r.Turnaround); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]care.MonthTurnaround{{Month: "2026-03", Turnaround: want}}, r.Months); diff != "" {
		t.Error(diff)
	}
}
