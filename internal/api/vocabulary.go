package api

import (
	"slices"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/policy"
)

// vocabulary is the fixed values of a field: those of the policy engine, or
// those of the domain.
func vocabulary(name string) []string {
	if values := domainWords[name]; values != nil {
		return values()
	}
	return policy.Words(name)
}

// domainWords are those of the domain.
var domainWords = map[string]func() []string{
	"states":           of(care.States),
	"roles":            of(care.Roles),
	"owners":           func() []string { return append(texts(care.Roles()), string(care.CustomerRole)) },
	"waits":            these(care.WaitChoice, care.WaitPaidEstimate, care.WaitPriceDifference),
	"holders":          these(care.HeldByCustomer, care.HeldByShop, care.HeldByCourier, care.HeldByCentre),
	"returns":          these(care.ReturnCollect, care.ReturnDeliver),
	"request_states":   these(care.RequestOpen, care.RequestAnswered, care.RequestClosed),
	"deadline_states":  these(care.DeadlineOpen, care.DeadlineMet, care.DeadlineMissed, care.DeadlineStopped),
	"alert_kinds":      these(care.AlertWarning, care.AlertBreach, care.AlertReply, care.AlertWebhook),
	"occasions":        func() []string { return append(texts(care.EventTypes()), string(care.EndpointTest)) },
	"event_types":      of(care.EventTypes),
	"message_channels": of(care.MessageChannels),
	"people_channels":  these(care.ByEmail, care.BySMS, care.ByTelegram),
	"message_states":   of(care.NoticeStates),
	"message_reasons":  of(care.NoticeReasons),
	"job_states":       these(care.JobWaiting, care.JobRunning, care.JobParked, care.JobDone),
	"actor_kinds":      these(care.StaffActor, care.CustomerActor, care.PartnerActor, care.SystemActor, care.ProgramActor),
	"claim_outcomes": these(care.OutcomeRepaired, care.OutcomePaid, care.OutcomeNoFault, care.OutcomeReplaced, care.OutcomeRefunded,
		care.OutcomeReduced, care.OutcomeRefused, care.OutcomeDeclined, care.OutcomeWithdrawn, care.OutcomeDisposed),
	"field_types": these(care.TextField, care.LongTextField, care.BoolField, care.ChoiceField, care.ChoicesField, care.ListField,
		care.AmountField, care.InstantField, care.PlaceField, care.UserField, care.FindingsField, care.PartsField, care.FactsField),
	"leg_states":          of(care.LegStates),
	"leg_faults":          care.LegFaults,
	"papers":              of(care.PaperKinds),
	"disposal_ways":       care.DisposalWays,
	"attachment_kinds":    of(care.AttachmentKinds),
	"attachment_subjects": of(care.AttachmentSubjects),
	"debts":               of(care.DebtKinds),
	"parties":             of(care.Parties),
	"entry_states":        of(care.EntryStates),
	"loaner_states":       of(care.LoanerStates),
	"loan_states":         of(care.LoanStates),
	"recovery_kinds":      of(care.RecoveryKinds),
	"recovery_states":     of(care.RecoveryStates),
	"batch_states":        of(care.BatchStates),
	"certificate_states":  of(care.CertificateStates),
	"certificate_phases":  of(care.CertificatePhases),
	"certificate_origins": these(care.CertificateFromDesk, care.CertificateFromImport, care.CertificateFromPaper),
	"clocks": func() []string {
		return append(policy.Words("deadlines"), "target", care.ClockAccept, care.ClockDiagnose)
	},
	"commands":   of(commandNames),
	"answerable": care.AnswerableFacts,
	"languages":  i18n.Languages,
	"problems":   problemCodes,
}

func of[T ~string](list func() []T) func() []string {
	return func() []string { return texts(list()) }
}

func these[T ~string](list ...T) func() []string {
	return func() []string { return texts(list) }
}

// commandNames are the commands that somebody may give, once each.
func commandNames() []care.CommandName {
	var out []care.CommandName
	for _, m := range care.Moves() {
		if care.NewCommand(m.Command) != nil && !slices.Contains(out, m.Command) {
			out = append(out, m.Command)
		}
	}
	return out
}

func texts[T ~string](l []T) []string { return each(l, func(v T) string { return string(v) }) }
