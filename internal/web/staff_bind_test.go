package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/money"
	"github.com/talon-care/talon/policy"
)

func TestBindCommand(t *testing.T) {
	sofia, err := time.LoadLocation("Europe/Sofia")
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	for name, c := range map[string]struct {
		command care.CommandName
		fields  []care.Field
		form    url.Values
		want    care.Command
		wrong   map[string]string // field → key
	}{
		"nothing to fill in": {care.CmdStartRepair, nil, url.Values{"seq": {"7"}}, &care.StartRepair{}, nil},
		"a name inside an object": {care.CmdDiagnose,
			[]care.Field{{Name: "diagnosis.confirmed", Type: care.BoolField}, {Name: "diagnosis.kind", Type: care.ChoiceField},
				{Name: "diagnosis.findings", Type: care.FindingsField}, {Name: "conclusion", Type: care.LongTextField}},
			url.Values{"diagnosis.confirmed": {"true"}, "diagnosis.kind": {"hardware"}, "diagnosis.findings.1.code": {"liquid"}, "diagnosis.findings.1.part": {"port"}},
			&care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: &yes, Kind: "hardware", Findings: []policy.Finding{{Code: "liquid", Part: "port"}}}}, nil},
		"a part of a row": {care.CmdDiagnose, []care.Field{{Name: "diagnosis.findings", Type: care.FindingsField}},
			url.Values{"diagnosis.findings.2.cause": {"wear"}}, nil, map[string]string{"diagnosis.findings": "error.row_incomplete"}},
		"a sum with a comma": {care.CmdOfferEstimate, []care.Field{{Name: "amount", Type: care.AmountField}, {Name: "work", Type: care.TextField}},
			url.Values{"amount.sum": {"1 999,50"}, "amount.currency": {"EUR"}, "work": {"Display"}},
			&care.OfferEstimate{Amount: money.Amount{Minor: 199950, Currency: "EUR"}, Work: "Display"}, nil},
		"no sum": {care.CmdOfferEstimate, []care.Field{{Name: "amount", Type: care.AmountField}}, url.Values{"amount.sum": {"about 5"}, "amount.currency": {"EUR"}},
			nil, map[string]string{"amount": "error.bad_sum"}},
		"a moment in the shop's zone": {care.CmdAwaitParts, []care.Field{{Name: "parts", Type: care.ListField}, {Name: "expected", Type: care.InstantField}},
			url.Values{"parts": {"Display\n\n Battery "}, "expected": {"2026-12-01T09:30"}},
			&care.AwaitParts{Parts: []string{"Display", "Battery"}, Expected: time.Date(2026, 12, 1, 9, 30, 0, 0, sofia)}, nil},
		"no moment": {care.CmdAwaitParts, []care.Field{{Name: "expected", Type: care.InstantField}}, url.Values{"expected": {"soon"}}, nil, map[string]string{"expected": "error.bad_instant"}},
		"documents not looked at": {care.CmdAccept, []care.Field{{Name: "place", Type: care.PlaceField}, {Name: "documents", Type: care.ChoicesField}},
			url.Values{"place": {"shop"}}, &care.Accept{Place: "shop"}, nil},
		"documents looked for, none there": {care.CmdAccept, []care.Field{{Name: "place", Type: care.PlaceField}, {Name: "documents", Type: care.ChoicesField}},
			url.Values{"place": {"shop"}, "documents": {"-"}}, &care.Accept{Place: "shop", Documents: []string{}}, nil},
		"none and some": {care.CmdAccept, []care.Field{{Name: "documents", Type: care.ChoicesField}}, url.Values{"documents": {"-", "receipt"}},
			nil, map[string]string{"documents": "error.none_and_some"}},
		"everything that is missing at once": {care.CmdFinishRepair,
			[]care.Field{{Name: "kind", Type: care.ChoiceField, Required: true}, {Name: "work", Type: care.LongTextField, Required: true}},
			url.Values{"work": {"  "}}, nil, map[string]string{"kind": "error.required", "work": "error.required"}},
		"facts that were changed": {care.CmdRecordAnswers, []care.Field{{Name: "facts", Type: care.FactsField}},
			url.Values{"facts.0.fact": {"unit.lock_active"}, "facts.0.was": {""}, "facts.0.value": {"false"},
				"facts.1.fact": {"unit.brand"}, "facts.1.was": {"Honor"}, "facts.1.value": {"Honor"},
				"facts.2.fact": {"sale.price"}, "facts.2.was": {"10.00 EUR"}, "facts.2.value": {"12,5"}, "facts.2.currency": {"EUR"}},
			&care.RecordAnswers{Facts: []care.Answer{{Fact: "unit.lock_active", Value: "false"}, {Fact: "sale.price", Value: "12.50 EUR"}}}, nil},
		"no fact was changed": {care.CmdRecordAnswers, []care.Field{{Name: "facts", Type: care.FactsField}},
			url.Values{"facts.0.fact": {"unit.brand"}, "facts.0.was": {"Honor"}, "facts.0.value": {"Honor"}}, nil, map[string]string{"facts": "error.no_fact_changed"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, wrong, err := bindCommand(c.command, c.fields, c.form, sofia)
			if err != nil {
				t.Fatal(err)
			}
			keys := map[string]string{}
			for _, x := range wrong {
				keys[x.Field] = x.Err.Key
			}
			if c.wrong == nil {
				c.wrong = map[string]string{}
			}
			if diff := cmp.Diff(c.wrong, keys); diff != "" {
				t.Errorf("wrong fields (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("command (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFactsKnowTheirKind(t *testing.T) {
	words, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, fact := range care.AnswerableFacts() {
		kind, vocabulary := factKind(fact)
		if kind == "" || kind == "word" && len(policy.Words(vocabulary)) == 0 {
			t.Errorf("%s: kind %q, vocabulary %q", fact, kind, vocabulary)
		}
		for _, lang := range i18n.Languages() {
			if !words.Locale(lang).Has("fact." + fact) {
				t.Errorf("%s has no name in %s", fact, lang)
			}
		}
	}
	for _, path := range []string{"", "unit", "unit.nothing", "unit.brand.more", "nothing"} {
		if kind, _ := factKind(path); kind != "" && path != "unit" {
			t.Errorf("%q is no fact but has the kind %q", path, kind)
		}
	}
}

func TestFactText(t *testing.T) {
	no, months := false, 24
	price := money.Amount{Minor: 199900, Currency: "BGN"}
	f := policy.Facts{Unit: policy.UnitFacts{Brand: "Honor", LockActive: &no}, Sale: policy.SaleFacts{Price: &price}, Warranty: policy.WarrantyFacts{Months: &months}}
	for fact, want := range map[string]string{"unit.brand": "Honor", "unit.lock_active": "false", "unit.owner_proven": "", "sale.price": "1999.00 BGN",
		"sale.date": "", "warranty.months": "24", "no.such": ""} {
		if got := factText(f, fact); got != want {
			t.Errorf("%s = %q, want %q", fact, got, want)
		}
	}
}

// FuzzBindCommand sends any values to any field of any command: a form never
// brings the server down, and what is bound is a command of that name.
func FuzzBindCommand(f *testing.F) {
	f.Add("diagnose", "findings", "diagnosis.findings", "diagnosis.findings.0.code", "liquid")
	f.Add("accept", "choices", "documents", "documents", "-")
	f.Add("offer_estimate", "amount", "amount", "amount.sum", "1 999,00")
	f.Add("await_parts", "instant", "expected", "expected", "2026-03-29T03:30")
	f.Add("record_answers", "facts", "facts", "facts.0.fact", "unit.brand")
	f.Add("finish_repair", "parts", "parts", "parts.0.part", "display")
	f.Fuzz(func(t *testing.T, command, kind, field, name, value string) {
		if strings.Count(field, ".") > 20 {
			t.Skip("no command is nested so deep")
		}
		cmd, wrong, err := bindCommand(care.CommandName(command), []care.Field{{Name: field, Type: care.FieldType(kind)}},
			url.Values{name: {value}, field: {value}, "amount.currency": {"EUR"}}, time.UTC)
		if cmd != nil && (string(cmd.Name()) != command || len(wrong) > 0 || err != nil) {
			t.Errorf("%v, %v, %v", cmd, wrong, err)
		}
		if cmd == nil && len(wrong) == 0 && err == nil {
			t.Error("neither a command nor a reason")
		}
	})
}
