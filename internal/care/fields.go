package care

import (
	"strings"

	"github.com/talon-care/talon/policy"
)

// fieldsOf lists what a command needs on this claim; false where the command
// makes no sense now and is better not shown at all.
func fieldsOf(c Claim, name CommandName, actor Actor) ([]Field, bool) {
	switch name {
	case CmdAcknowledge:
		missing := c.MissingAcknowledgements()
		return []Field{choices("ids", "", missing, true)}, len(missing) > 0
	case CmdAskDevice:
		return []Field{place("place", first(routeOf(c)), false), long("instructions", false)}, true
	case CmdAccept:
		return []Field{place("place", actor.Place, true), text("condition", true), list("accessories"), long("defect", false),
			choices("documents", "documents", policy.Words("documents"), false), text("carrier", false), text("tracking", false)}, true
	case CmdReceive:
		return []Field{place("place", c.Custody.To, true), text("condition", false), list("accessories")},
			c.Custody.Kind == HeldByCourier && c.Custody.To != "customer"
	case CmdForward:
		return []Field{place("to", forwardTo(c), true), text("carrier", false), text("tracking", false), text("condition", false),
			list("accessories")}, c.Held()
	case CmdRoute:
		if actor.Kind == CustomerActor {
			options := c.choosable()
			return []Field{choice("centre", "", options, true)}, len(options) > 0 && len(routeOf(c)) > 1
		}
		best := first(routeOf(c))
		if best == c.Centre {
			best = "" // it is there already
		}
		return []Field{place("centre", best, true)}, true
	case CmdAssign:
		return []Field{{Name: "user", Type: UserField, Label: "field.user", Value: c.Assignee}}, true
	case CmdDiagnose:
		return []Field{flag("diagnosis.confirmed", true), choice("diagnosis.kind", "diagnosis_kinds", policy.Words("diagnosis_kinds"), true),
			{Name: "diagnosis.findings", Type: FindingsField, Label: "field.findings"},
			choice("diagnosis.failed_part", "parts", policy.Words("parts"), false), text("diagnosis.defect", false), text("method", false), text("measured", false), long("conclusion", false)}, true
	case CmdRecordDocuments:
		f := choices("documents", "documents", policy.Words("documents"), false)
		f.Value = strings.Join(c.Documents, " ")
		return []Field{f}, true
	case CmdRecordAnswers:
		return []Field{{Name: "facts", Type: FactsField, Label: "field.facts", Required: true, Options: AnswerableFacts()}}, true
	case CmdChooseBasis:
		options := otherBases(c)
		return []Field{choice("basis", "bases", options, true)}, len(options) > 0 && c.mayLeaveRepair(c.UpdatedAt) == nil
	case CmdChooseRemedy:
		options := remedyOptions(c, actor)
		f := choice("remedy", "remedy_kinds", options, true)
		if len(c.Impossible) > 0 {
			f.Value = first(options) // the next one
		}
		return []Field{f}, len(options) > 0 && c.mayLeaveRepair(c.UpdatedAt) == nil || c.State == Decided && actor.Kind != CustomerActor
	case CmdDemandRemedy:
		return []Field{choice("remedy", "remedy_kinds", demandable(c), true)}, true
	case CmdOverride:
		return []Field{choice("basis", "bases", policy.Words("bases"), true),
			choice("verdict", "verdicts", []string{string(policy.Covered), string(policy.Refused)}, true), long("reason", true)}, true
	}
	return workFields(c, name)
}

func workFields(c Claim, name CommandName) ([]Field, bool) {
	switch name {
	case CmdAskCustomer:
		return []Field{long("text", false)}, true
	case CmdAnswerDifference:
		return []Field{flag("accepted", true)}, c.Wait == WaitPriceDifference
	case CmdAnswerEstimate:
		return []Field{flag("accepted", true)}, c.Wait == WaitPaidEstimate
	case CmdOfferEstimate:
		return []Field{amount(""), text("price_list", false), long("work", true)}, true
	case CmdAwaitParts:
		return []Field{list("parts"), {Name: "expected", Type: InstantField, Label: "field.expected"}}, true
	case CmdFindUnrepairable, CmdFindImpossible, CmdReturnToBench, CmdWithdrawApproval, CmdCancel, CmdReopen:
		return []Field{long("reason", true)}, true
	case CmdFinishRepair:
		kind := ""
		if c.Diagnosis != nil {
			kind = c.Diagnosis.Facts.Kind
		}
		k := choice("kind", "service_kinds", policy.Words("service_kinds"), true)
		k.Value = kind
		return []Field{k, choice("outcome", "outcomes", []string{"repaired", "no_fault"}, false),
			{Name: "labour", Type: AmountField, Label: "field.labour"}, {Name: "parts", Type: PartsField, Label: "field.parts_used"}, choice("software", "software_work", []string{"restored", "updated"}, false),
			long("work", true)}, true
	case CmdReplace:
		return []Field{text("serial", false), text("imei", false), text("model", false)}, true
	case CmdApproveRefund:
		value := ""
		switch {
		case c.Refund != nil:
			value = c.Refund.Amount.String() + " " + c.Refund.Amount.Currency
		case c.Remedy != nil && c.Remedy.Amount != nil:
			value = c.Remedy.Amount.String() + " " + c.Remedy.Amount.Currency
		}
		return []Field{amount(value)}, true
	case CmdPayRefund:
		return []Field{text("reference", true)}, true
	case CmdRefuse, CmdAddNote:
		return []Field{long("text", name == CmdAddNote)}, true
	case CmdMarkReady:
		return []Field{text("told", false)}, true
	case CmdShip:
		return []Field{text("carrier", true), text("tracking", false), text("condition", false), list("accessories")}, true
	case CmdChangeReturn:
		f := choice("return", "return", []string{string(ReturnCollect), string(ReturnDeliver)}, true)
		f.Value = string(otherReturn(c))
		return []Field{f, text("address", false), text("settlement", false)}, true
	case CmdHandOver:
		return []Field{text("proof", false), text("condition", false), list("accessories")}, true
	case CmdClose:
		return []Field{long("note", false)}, true
	}
	return nil, true
}

func text(name string, required bool) Field {
	return Field{Name: name, Type: TextField, Label: "field." + name, Required: required}
}

func long(name string, required bool) Field {
	return Field{Name: name, Type: LongTextField, Label: "field." + name, Required: required}
}

func flag(name string, required bool) Field {
	return Field{Name: name, Type: BoolField, Label: "field." + name, Required: required}
}

func list(name string) Field { return Field{Name: name, Type: ListField, Label: "field." + name} }

func amount(value string) Field {
	return Field{Name: "amount", Type: AmountField, Label: "field.amount", Required: true, Value: value}
}

func place(name, value string, required bool) Field {
	return Field{Name: name, Type: PlaceField, Label: "field." + name, Required: required, Value: value}
}

func choice(name, vocabulary string, options []string, required bool) Field {
	return Field{Name: name, Type: ChoiceField, Label: "field." + name, Vocabulary: vocabulary, Options: options, Required: required}
}

func choices(name, vocabulary string, options []string, required bool) Field {
	return Field{Name: name, Type: ChoicesField, Label: "field." + name, Vocabulary: vocabulary, Options: options, Required: required}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

func routeOf(c Claim) []string {
	if c.Ruling == nil {
		return nil
	}
	return c.Ruling.Result.Route
}

// forwardTo is where the device goes next: the centre until the work is done,
// then the place that took it in; "" where it is there already and the terms
// name no other.
func forwardTo(c Claim) string {
	var list []string
	if done := !c.ReadyAt.IsZero() || c.Repair != nil && !c.Repair.FinishedAt.IsZero(); done && c.Intake != nil {
		list = append(list, c.Intake.Place)
	}
	for _, place := range append(append(list, c.Centre), routeOf(c)...) {
		if place != "" && place != c.Custody.Place {
			return place
		}
	}
	return ""
}

func otherBases(c Claim) []string {
	var out []string
	if c.Ruling == nil {
		return nil
	}
	for _, b := range c.Ruling.Result.Bases {
		if b.Basis != c.Basis {
			out = append(out, string(b.Basis))
		}
	}
	return out
}

func remedyOptions(c Claim, actor Actor) []string {
	var out []string
	for _, r := range c.Remedies() {
		if c.repairing() && (r.Kind == "repair" || r.Kind == "part_replacement") {
			continue
		}
		if actor.Kind != CustomerActor || r.Chooser == "customer" {
			out = append(out, r.Kind)
		}
	}
	return out
}
