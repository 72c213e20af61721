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
	switch name {
	case "states":
		return texts(care.States())
	case "roles":
		return texts(care.Roles())
	case "owners":
		return append(texts(care.Roles()), string(care.CustomerRole))
	case "waits":
		return texts([]care.WaitReason{care.WaitChoice, care.WaitPaidEstimate, care.WaitPriceDifference})
	case "holders":
		return texts([]care.HolderKind{care.HeldByCustomer, care.HeldByShop, care.HeldByCourier, care.HeldByCentre})
	case "returns":
		return texts([]care.ReturnMethod{care.ReturnCollect, care.ReturnDeliver})
	case "request_states":
		return texts([]care.RequestState{care.RequestOpen, care.RequestAnswered, care.RequestClosed})
	case "deadline_states":
		return texts([]care.DeadlineState{care.DeadlineOpen, care.DeadlineMet, care.DeadlineMissed, care.DeadlineStopped})
	case "alert_kinds":
		return texts([]care.AlertKind{care.AlertWarning, care.AlertBreach, care.AlertReply, care.AlertWebhook})
	case "occasions":
		return append(texts(care.EventTypes()), string(care.EndpointTest))
	case "event_types":
		return texts(care.EventTypes())
	case "message_channels":
		return texts(care.MessageChannels())
	case "people_channels":
		return texts([]care.MessageChannel{care.ByEmail, care.BySMS, care.ByTelegram})
	case "message_states":
		return texts(care.NoticeStates())
	case "job_states":
		return texts([]care.JobState{care.JobWaiting, care.JobRunning, care.JobParked, care.JobDone})
	case "actor_kinds":
		return texts([]care.ActorKind{care.StaffActor, care.CustomerActor, care.PartnerActor, care.SystemActor, care.ProgramActor})
	case "claim_outcomes":
		return texts([]care.Outcome{care.OutcomeRepaired, care.OutcomePaid, care.OutcomeNoFault, care.OutcomeReplaced, care.OutcomeRefunded,
			care.OutcomeReduced, care.OutcomeRefused, care.OutcomeDeclined, care.OutcomeWithdrawn, care.OutcomeDisposed})
	case "field_types":
		return texts([]care.FieldType{care.TextField, care.LongTextField, care.BoolField, care.ChoiceField, care.ChoicesField, care.ListField,
			care.AmountField, care.InstantField, care.PlaceField, care.UserField, care.FindingsField, care.PartsField, care.FactsField})
	case "leg_states":
		return texts(care.LegStates())
	case "leg_faults":
		return care.LegFaults()
	case "papers":
		return texts(care.PaperKinds())
	case "disposal_ways":
		return care.DisposalWays()
	case "attachment_kinds":
		return texts(care.AttachmentKinds())
	case "attachment_subjects":
		return texts(care.AttachmentSubjects())
	case "debts":
		return texts(care.DebtKinds())
	case "parties":
		return texts(care.Parties())
	case "entry_states":
		return texts(care.EntryStates())
	case "loaner_states":
		return texts(care.LoanerStates())
	case "loan_states":
		return texts(care.LoanStates())
	case "recovery_kinds":
		return texts(care.RecoveryKinds())
	case "recovery_states":
		return texts(care.RecoveryStates())
	case "batch_states":
		return texts(care.BatchStates())
	case "certificate_states":
		return texts(care.CertificateStates())
	case "certificate_phases":
		return texts(care.CertificatePhases())
	case "certificate_origins":
		return texts([]care.CertificateOrigin{care.CertificateFromDesk, care.CertificateFromImport, care.CertificateFromPaper})
	case "clocks":
		return append(policy.Words("deadlines"), "target", care.ClockAccept, care.ClockDiagnose)
	case "commands":
		return texts(commandNames())
	case "answerable":
		return care.AnswerableFacts()
	case "languages":
		return i18n.Languages()
	case "problems":
		return problemCodes()
	}
	return policy.Words(name)
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
