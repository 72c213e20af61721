package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
)

// ChangeReturn is the body of change_return.
type ChangeReturn struct {
	Return     string `json:"return" vocab:"returns" doc:"collect, or deliver by courier"`
	Address    string `json:"address,omitempty" maxLength:"500" doc:"return address; absent = the one of the request"`
	Settlement string `json:"settlement,omitempty" maxLength:"200" doc:"settlement of it; absent = as before"`
}

func (b ChangeReturn) command() (care.Command, error) {
	return care.ChangeReturn{Return: care.ReturnMethod(b.Return), Address: b.Address, Settlement: b.Settlement}, nil
}

// NewDisposal proposes to let a device go.
type NewDisposal struct {
	How      string `json:"how" vocab:"disposal_ways" doc:"what becomes of it"`
	Reason   string `json:"reason" minLength:"1" maxLength:"2000" doc:"why"`
	Proceeds *Money `json:"proceeds,omitempty" doc:"what a sale brought; required of a sale, and of nothing else"`
	Costs    *Money `json:"costs,omitempty" doc:"what it cost"`
}

type disposeIn struct {
	AttachedClaim
	Body NewDisposal
}

func (s *server) disposalOperations() {
	tag := []string{"Shipments"}
	register(s, huma.Operation{OperationID: "propose-disposal", Method: http.MethodPost, Path: "/claims/{claim}/disposal", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusOK, Summary: "Propose to let a device go that nobody collects",
		Description: "After a notice and the law's wait. Another person confirms it; a new proposal takes the place of an earlier one."},
		func(ctx context.Context, who caller, in *disposeIn) (*claimOut, error) {
			d := care.Disposal{How: in.Body.How, Reason: in.Body.Reason}
			var err error
			if d.Proceeds, err = in.Body.Proceeds.amount("proceeds"); err != nil {
				return nil, err
			}
			if d.Costs, err = in.Body.Costs.amount("costs"); err != nil {
				return nil, err
			}
			c, err := s.desk.Dispose(ctx, who.actor, in.Claim, d)
			if err != nil {
				return nil, err
			}
			return s.claimOut(who, c), nil
		})
	register(s, huma.Operation{OperationID: "confirm-disposal", Method: http.MethodPost, Path: "/claims/{claim}/disposal/confirm", Tags: tag, Security: byKey(),
		DefaultStatus: http.StatusOK, Summary: "Confirm that a device is let go; the claim is closed"},
		func(ctx context.Context, who caller, in *AttachedClaim) (*claimOut, error) {
			c, err := s.desk.ConfirmDisposal(ctx, who.actor, in.Claim)
			if err != nil {
				return nil, err
			}
			return s.claimOut(who, c), nil
		})
}
