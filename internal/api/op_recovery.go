package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// RecoveryQuery narrows what suppliers owe.
type RecoveryQuery struct {
	States   []string `query:"state" vocab:"recovery_states" doc:"only in these states, joined by commas"`
	Supplier string   `query:"supplier" maxLength:"100" doc:"only of this supplier"`
}

func (q RecoveryQuery) filter() care.RecoveryFilter {
	return care.RecoveryFilter{States: each(q.States, func(x string) care.RecoveryState { return care.RecoveryState(x) }), Supplier: q.Supplier}
}

type listRecoveriesIn struct {
	RecoveryQuery
	PageQuery
}

// BatchPath names a batch.
type BatchPath struct {
	Batch string `path:"batch" maxLength:"100" doc:"id of the batch"`
}

type (
	newRecoveryIn struct{ Body NewRecovery }
	recoveryOut   struct{ Body Recovery }
	totalsOut     struct {
		Body struct {
			Items []RecoveryTotal `json:"items" doc:"newest month first"`
		} `nameHint:"RecoveryTotals"`
	}
	answerRecoveryIn struct {
		Line string `path:"line" maxLength:"100" doc:"id of the line"`
		Body RecoveryAnswer
	}
	newBatchIn     struct{ Body NewBatch }
	batchOut       struct{ Body RecoveryBatch }
	batchDetailOut struct{ Body RecoveryBatchDetail }
	payBatchIn     struct {
		BatchPath
		Body Payment
	}
)

func (s *server) recoveryOperations() {
	tag := []string{"Supplier recovery"}
	register(s, huma.Operation{OperationID: "list-recoveries", Method: http.MethodGet, Path: "/recoveries", Tags: tag, Security: byKey(),
		Summary: "List what suppliers owe for warranty work on their cards"},
		func(ctx context.Context, who caller, in *listRecoveriesIn) (*pageOut[Recovery], error) {
			items, next, err := s.desk.Recoveries(ctx, who.actor, in.filter(), in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, recoveryOf(who.zone)), nil
		})
	register(s, huma.Operation{OperationID: "sum-recoveries", Method: http.MethodGet, Path: "/recoveries/totals", Tags: tag, Security: byKey(),
		Summary: "Sum it by supplier, month and state"},
		func(ctx context.Context, who caller, in *RecoveryQuery) (*totalsOut, error) {
			items, err := s.desk.RecoveryTotals(ctx, who.actor, in.filter())
			out := &totalsOut{}
			out.Body.Items = each(items, recoveryTotalOf)
			return out, err
		})
	register(s, huma.Operation{OperationID: "add-recovery", Method: http.MethodPost, Path: "/recoveries", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Enter a cost that no event tells of"},
		func(ctx context.Context, who caller, in *newRecoveryIn) (*recoveryOut, error) {
			sum, err := in.Body.Amount.amount("amount")
			if err != nil {
				return nil, err
			}
			r, err := s.desk.AddRecovery(ctx, who.actor, desk.NewRecovery{Claim: in.Body.Claim, Kind: care.RecoveryKind(in.Body.Kind), What: in.Body.What, Amount: *sum})
			return &recoveryOut{Body: recoveryOf(who.zone)(r)}, err
		})
	register(s, huma.Operation{OperationID: "answer-recovery", Method: http.MethodPost, Path: "/recoveries/{line}/answer", Tags: tag, Security: byKey(),
		Summary: "Note the supplier's answer to a line"},
		func(ctx context.Context, who caller, in *answerRecoveryIn) (*recoveryOut, error) {
			agreed, err := in.Body.Agreed.amount("agreed")
			if err != nil {
				return nil, err
			}
			r, err := s.desk.AnswerRecovery(ctx, who.actor, in.Line, agreed, in.Body.Reason)
			return &recoveryOut{Body: recoveryOf(who.zone)(r)}, err
		})
	s.batchOperations(tag)
}

func (s *server) batchOperations(tag []string) {
	register(s, huma.Operation{OperationID: "list-batches", Method: http.MethodGet, Path: "/recovery-batches", Tags: tag, Security: byKey(),
		Summary: "List the batches, newest first"},
		func(ctx context.Context, who caller, in *PageQuery) (*pageOut[RecoveryBatch], error) {
			items, next, err := s.desk.Batches(ctx, who.actor, in.page())
			if err != nil {
				return nil, err
			}
			return paged(items, next, batchOf(who.zone)), nil
		})
	register(s, huma.Operation{OperationID: "create-batch", Method: http.MethodPost, Path: "/recovery-batches", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusCreated, Summary: "Gather a supplier's open lines"},
		func(ctx context.Context, who caller, in *newBatchIn) (*batchOut, error) {
			b, err := s.desk.CreateBatch(ctx, who.actor, in.Body.Supplier)
			return &batchOut{Body: batchOf(who.zone)(b)}, err
		})
	register(s, huma.Operation{OperationID: "get-batch", Method: http.MethodGet, Path: "/recovery-batches/{batch}", Tags: tag, Security: byKey(),
		Summary: "Show a batch with its lines"},
		func(ctx context.Context, who caller, in *BatchPath) (*batchDetailOut, error) {
			v, err := s.desk.Batch(ctx, who.actor, in.Batch)
			if err != nil {
				return nil, err
			}
			return &batchDetailOut{Body: RecoveryBatchDetail{Batch: batchOf(who.zone)(v.Batch), Lines: each(v.Lines, recoveryOf(who.zone)),
				Total: *moneyOf(&v.Total), Agreed: *moneyOf(&v.Agreed), Late: v.Late}}, nil
		})
	register(s, huma.Operation{OperationID: "send-batch", Method: http.MethodPost, Path: "/recovery-batches/{batch}/send", Tags: tag, Security: byKey(),
		Summary: "Claim a draft's lines from the supplier"},
		func(ctx context.Context, who caller, in *BatchPath) (*batchOut, error) {
			b, err := s.desk.SendBatch(ctx, who.actor, in.Batch)
			return &batchOut{Body: batchOf(who.zone)(b)}, err
		})
	register(s, huma.Operation{OperationID: "drop-batch", Method: http.MethodPost, Path: "/recovery-batches/{batch}/drop", Tags: tag, Security: byKey(),
		Summary: "Take a draft apart; its lines are open again"},
		func(ctx context.Context, who caller, in *BatchPath) (*batchOut, error) {
			b, err := s.desk.DropBatch(ctx, who.actor, in.Batch)
			return &batchOut{Body: batchOf(who.zone)(b)}, err
		})
	register(s, huma.Operation{OperationID: "pay-batch", Method: http.MethodPost, Path: "/recovery-batches/{batch}/pay", Tags: tag, Security: byKey(),
		Summary: "Note the supplier's payment of what was agreed"},
		func(ctx context.Context, who caller, in *payBatchIn) (*batchOut, error) {
			b, err := s.desk.PayBatch(ctx, who.actor, in.Batch, in.Body.Reference)
			return &batchOut{Body: batchOf(who.zone)(b)}, err
		})
}
