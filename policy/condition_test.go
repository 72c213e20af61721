package policy

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/calendar"
)

func testConditions(t *testing.T) *conditions {
	t.Helper()
	days, err := calendar.For("BG")
	if err != nil {
		t.Fatal(err)
	}
	c, err := newConditions([]string{"early"}, days)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConditionFaults(t *testing.T) {
	c := testConditions(t)
	for source, want := range map[string]string{
		`sale.date < date("2022-13-01")`:                                        `p:7:21: condition: date() takes a date such as "2022-01-01"`,
		`sale.date < date(unit.model)`:                                          `date() takes a date`,
		`demanded <= plus(sale.date, "PT48H")`:                                  `plus() takes a period of days or months such as "P1Y"`,
		`demanded <= plus(sale.date, "a year")`:                                 `plus() takes a period`,
		`demanded <= due(sale.date, unit.model)`:                                `plus() takes a period`,
		`unit.category in [unit.model]`:                                         `a list in a condition holds plain words only`,
		`unit.category in ["notebook"]`:                                         `"notebook" is never a value of unit.category`,
		`"recipe" in documents`:                                                 `"recipe" is not a document; did you mean "receipt"?`,
		`"laptop" == unit.category || "notebook" == unit.category`:              `"notebook" is never a value of unit.category`,
		`services.exists(s, s.kind == "firmware")`:                              `"firmware" is never a value of s.kind`,
		`finding.part == "bolt"`:                                                `"bolt" is never a value of finding.part`,
		`has(unit.model)`:                                                       `this form is not supported here`,
		`unit.model.startsWith("X")`:                                            `the function startsWith is not supported`,
		`unit.model + "x" == "Xx"`:                                              `this form is not supported as text`,
		`warranty.months * 2 > 12`:                                              `this form is not supported as a number or a date`,
		`documents == ["receipt"]`:                                              `values of type list(string) can't be compared`,
		`services.exists_one(s, s.kind == "hardware")`:                          `of the macros, exists, all and filter(…).size() are supported`,
		`["a"].exists(x, x == unit.model)`:                                      `conditions walk services, diagnosis.findings and documents only`,
		`[1, 2].exists(x, x == 1)`:                                              `conditions walk services`,
		`unit.category in ["laptop", 1]`:                                        `a list in a condition holds plain words only`,
		`unit.category in ["laptop", true, null]`:                               `a list in a condition holds plain words only`,
		`warranty.months in [12, 24]`:                                           `a list in a condition holds plain words only`,
		`1 in documents`:                                                        `condition: found no matching overload`,
		`services.exists(unit, unit.kind == "hardware")`:                        `the variable unit would hide the facts of that name`,
		`services.exists(today, today.kind == "hardware")`:                      `the variable today would hide`,
		`size(unit.model) > 3`:                                                  `conditions walk services, diagnosis.findings and documents only`,
		`services.map(s, s.kind).size() > 1`:                                    `of the macros, exists`,
		`switch.late`:                                                           `undefined field 'late'`,
		`unit.category`:                                                         `gives string; expected true or false`,
		`documents.exists(a, documents.exists(b, documents.exists(c, c == a)))`: `condition: `,
	} {
		t.Run(source, func(t *testing.T) {
			var faults Faults
			fn := c.compile(Condition{Pos: Pos{"p", 7, 5}, Source: source}, &faults)
			if fn != nil || !strings.Contains(faults.Error(), want) {
				t.Errorf("compiled: %v; faults %v, want %s", fn != nil, faults, want)
			}
		})
	}
	var faults Faults
	if fn := c.compile(Condition{}, &faults); fn != nil || len(faults) > 0 {
		t.Errorf("no condition: %v", faults)
	}
}

// TestConditionFaultsInLaterLines: a condition in a block of several lines
// names the line of the block.
func TestConditionFaultsInLaterLines(t *testing.T) {
	_, err := ParsePack("p", []byte("pack: demo\n"))
	if err == nil {
		t.Fatal("half a pack is taken")
	}
	var faults Faults
	testConditions(t).compile(Condition{Pos: Pos{"p", 7, 5}, Source: "unit.lock_active &&\nunit.colour == \"red\""}, &faults)
	if len(faults) != 1 || faults[0].Pos.Line != 8 {
		t.Errorf("got %v", faults)
	}
}

// TestConditionAnswers tries each form the packs do not use on stated facts.
func TestConditionAnswers(t *testing.T) {
	c := testConditions(t)
	p := &Program{Pack: &Pack{}, zone: time.UTC, days: c.days, index: c.index, bits: newCommonBits(c.index), words: newWordIndex(), enabled: []bool{true}}
	f, err := ParseFacts("f", []byte(`{pack: x, at: "2026-03-10T12:00:00Z", unit: {category: laptop, lock_active: true}, sale: {date: 2025-03-10},
  documents: [receipt], services: [{accepted: 2025-05-01, kind: hardware}, {accepted: 2025-06-01, kind: software, outcome: repaired}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]tri{
		`true`:                                 yes,
		`false`:                                no,
		`switch.early`:                         yes,
		`unit.lock_active == true`:             yes,
		`unit.lock_active != unit.card_in_kit`: unknown,
		`unit.lock_active ? unit.category == "laptop" : false`:                               yes,
		`unit.card_in_kit ? true : true`:                                                     unknown,
		`unit.reported_stolen ? true : unit.category == "tv"`:                                no,
		`"laptop" == unit.category`:                                                          yes,
		`unit.model == unit.serial`:                                                          unknown,
		`request.kind == request.kind`:                                                       yes,
		`warranty.months + 1 > 0`:                                                            unknown,
		`size(services) - 1 == 1`:                                                            yes,
		`size(documents) != 1`:                                                               no,
		`services.filter(s, s.kind == "hardware").size() == 1`:                               yes,
		`services.filter(s, s.outcome == "repaired").size() == 1`:                            yes, // the first is still open
		`services.all(s, s.kind != "hardware")`:                                              no,
		`services.all(s, s.outcome == "repaired")`:                                           no,
		`services.exists(s, s.centre == "own")`:                                              unknown,
		`services.filter(s, s.centre == "own").size() == 0`:                                  unknown,
		`services.all(s, s.centre == "own" || s.kind == "hardware" || s.kind == "software")`: yes,
		`services.exists(s, s.outcome == "repaired")`:                                        yes,
		`diagnosis.findings.exists(f, f.code == "liquid")`:                                   unknown,
		`diagnosis.findings.filter(f, f.code == "liquid").size() == 0`:                       unknown,
		`unit.model in documents`:                                                            unknown,
		`unit.category in documents`:                                                         no,
		`unit.model in ["X1"]`:                                                               unknown,
		`sale.date < date("2025-03-11") && sale.date >= date("2025-03-10")`:                  yes,
		`sale.date > date("2025-03-10") || sale.date <= date("2025-03-09")`:                  no,
		`demanded <= plus(sale.date, "P1Y")`:                                                 yes,
		`demanded == plus(plus(sale.date, "P11M"), "P28D")`:                                  yes,
		`due(date("2026-05-21"), "P3D") == date("2026-05-26")`:                               yes, // Sunday 24 May, Monday off
		`sure(unit.card_in_kit)`:                                                             no,
		`sure(unit.lock_active)`:                                                             yes,
		`!sure(unit.card_in_kit) && !unit.reported_stolen`:                                   yes,
		`history.open_overdue_from < date("2026-01-01")`:                                     yes,
		`finding.part == "battery"`:                                                          unknown, // asked outside a finding
	} {
		t.Run(source, func(t *testing.T) {
			var faults Faults
			fn := c.compile(Condition{Source: source}, &faults)
			if fn == nil {
				t.Fatal(faults)
			}
			var v view
			v.reset(f, p)
			if got := fn(&v); got != want {
				t.Errorf("got %d, want %d", got, want)
			}
			if want != unknown && v.unknown != 0 {
				t.Errorf("the answer is known, and yet it asks for facts %b", v.unknown)
			}
		})
	}
}

// TestLedgerIsTheUnionOfTheStays: whatever the order and the overlap, each day
// is counted once, and the end moves by the days counted (law.md rule 5).
func TestLedgerIsTheUnionOfTheStays(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	start := calendar.MustDate("2025-01-01")
	for range 3000 {
		var union []calendar.Stay
		ledger := term{lastDay: start}
		for range 1 + random.IntN(6) {
			from := start.AddDays(random.IntN(40))
			to := from.AddDays(random.IntN(20))
			union = append(union, calendar.Stay{From: from, To: to})
			ledger.add(LedgerEntry{From: from, To: to}, nil)
		}
		want := calendar.StayDays(union)
		sum := 0
		var entries []calendar.Stay
		for _, e := range ledger.ledger {
			sum += e.Days
			entries = append(entries, calendar.Stay{From: e.From, To: e.To})
		}
		if sum != want || ledger.prolonged != want || ledger.lastDay != start.AddDays(want) || calendar.StayDays(entries) != want {
			t.Fatalf("stays %v: %d days in %v, want %d", union, sum, ledger.ledger, want)
		}
	}
}

// TestLedgerCutsAroundAnEarlierEntry shows the cut at both sides.
func TestLedgerCutsAroundAnEarlierEntry(t *testing.T) {
	day := calendar.MustDate
	ledger := term{lastDay: day("2026-12-31")}
	ledger.add(LedgerEntry{From: day("2026-03-10"), To: day("2026-03-12"), Clause: "c"}, nil)
	ledger.add(LedgerEntry{From: day("2026-03-08"), To: day("2026-03-15"), Clause: "c"}, nil)
	ledger.add(LedgerEntry{From: day("2026-03-09"), To: day("2026-03-14"), Clause: "c"}, nil)
	var got []string
	for _, e := range ledger.ledger {
		got = append(got, fmt.Sprintf("%s..%s %d", e.From, e.To, e.Days))
	}
	if diff := cmp.Diff([]string{"2026-03-10..2026-03-12 3", "2026-03-13..2026-03-15 3", "2026-03-08..2026-03-09 2"}, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzCondition: whatever is written as a condition is compiled or refused,
// and what is compiled answers.
func FuzzCondition(f *testing.F) {
	for _, s := range []string{`unit.category in ["laptop", 1]`, `demanded <= due(sale.date, "P1M")`, `services.filter(s, s.kind == "hardware").size() > 1`,
		`sure(unit.lock_active) ? !switch.early : "receipt" in documents`, `finding.part == "battery" || history.repairs + 1 >= 3`} {
		f.Add(s)
	}
	days, err := calendar.For("BG")
	if err != nil {
		f.Fatal(err)
	}
	c, err := newConditions([]string{"early"}, days)
	if err != nil {
		f.Fatal(err)
	}
	p := &Program{Pack: &Pack{}, zone: time.UTC, days: c.days, index: c.index, bits: newCommonBits(c.index), words: newWordIndex(), enabled: []bool{true}}
	facts := randomFacts(rand.New(rand.NewPCG(1, 1)))
	f.Fuzz(func(t *testing.T, source string) {
		var faults Faults
		fn := c.compile(Condition{Pos: Pos{"p", 1, 1}, Source: source}, &faults)
		if fn == nil {
			if len(faults) == 0 && source != "" {
				t.Fatalf("%q is neither compiled nor refused", source)
			}
			return
		}
		var v view
		v.reset(facts, p)
		if answer := fn(&v); answer > unknown {
			t.Fatalf("%q answers %d", source, answer)
		}
	})
}
