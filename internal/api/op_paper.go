package api

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// Paper is a paper that a claim has in its present state.
type Paper struct {
	Kind   string    `json:"kind" vocab:"papers" doc:"which paper"`
	Number string    `json:"number" doc:"its number, the same whenever it is printed" example:"RMA-2026-000017-N12"`
	At     time.Time `json:"at,omitzero" doc:"its day: when what it states came about"`
	// Undated and Replaces are absent on most.
	Undated  bool   `json:"undated,omitempty" doc:"its day is that of the hand-over, which is still to come: at is when it could first be printed"`
	Replaces string `json:"replaces,omitempty" doc:"number of the paper that it takes the place of" example:"RMA-2026-000017-H9"`
}

type papersOut struct {
	Body struct {
		Items []Paper `json:"items" doc:"the papers, in the order of a claim's life"`
	} `nameHint:"Papers"`
}

// PaperQuery says how a paper is wanted.
type PaperQuery struct {
	Kind string `path:"kind" maxLength:"40" doc:"which paper, as the list names it" example:"refusal"`
	Lang string `query:"lang" maxLength:"20" doc:"language of the paper; absent = the customer's"`
}

type claimPaperIn struct {
	AttachedClaim
	PaperQuery
}

type trackPaperIn struct {
	TokenPath
	PaperQuery
}

type certificatePaperIn struct {
	CertificatePath
	Lang string `query:"lang" maxLength:"20" doc:"language of the paper; absent = the reader's"`
}

type linkedCertificatePaperIn struct {
	Token string `path:"token" maxLength:"100" doc:"the secret of the certificate's link"`
	Lang  string `query:"lang" maxLength:"20" doc:"language of the paper; absent = the reader's"`
}

type slipIn struct {
	AttachedClaim
	Lang string `query:"lang" maxLength:"20" doc:"language of the paper; absent = the customer's"`
}

func (s *server) paperOperations() {
	s.claimPaperOperations()
	s.trackedPaperOperations()
	s.certificatePaperOperations()
}

func (s *server) claimPaperOperations() {
	tag := []string{"Papers"}
	register(s, huma.Operation{OperationID: "list-papers", Method: http.MethodGet, Path: "/claims/{claim}/papers", Tags: tag, Security: byKey(),
		Summary: "List the papers that a claim has in its present state"},
		func(ctx context.Context, who caller, in *claimIn) (*papersOut, error) {
			list, err := s.desk.Papers(ctx, who.actor, in.Claim)
			return papersAnswer(list, who.zone, err)
		})
	register(s, paperFile(huma.Operation{OperationID: "open-paper", Path: "/claims/{claim}/papers/{kind}", Tags: tag, Security: byKey(),
		Summary: "Print a paper of a claim", Description: "The same paper gives the same file, however often it is printed."}),
		func(ctx context.Context, who caller, in *claimPaperIn) (*fileOut, error) {
			p, err := s.desk.Paper(ctx, who.actor, in.Claim, care.PaperKind(in.Kind), desk.PaperAs{Lang: in.Lang})
			return paperAnswer(p, err)
		})
	slip := paperFile(huma.Operation{OperationID: "print-intake-slip", Path: "/claims/{claim}/papers/intake_slip", Tags: tag, Security: byKey(),
		Summary:     "Print the intake slip for the customer to take along",
		Description: "With a new tracking link in its QR code; earlier links stay good."})
	slip.Method = http.MethodPost
	register(s, slip, func(ctx context.Context, who caller, in *slipIn) (*fileOut, error) {
		p, err := s.desk.PrintIntakeSlip(ctx, who.actor, in.Claim, in.Lang, who.tracking)
		return paperAnswer(p, err)
	})
}

// tracking is the address of the customer's page.
func (c caller) tracking(token string) string { return c.base + "/track/" + token }

func (s *server) trackedPaperOperations() {
	register(s, huma.Operation{OperationID: "track-list-papers", Method: http.MethodGet, Path: "/track/{token}/papers", Tags: []string{"Tracking"},
		Summary: "List the papers of the customer's claim"},
		func(ctx context.Context, who caller, in *TokenPath) (*papersOut, error) {
			t, err := s.desk.Tracked(ctx, in.Token, who.lang)
			if err != nil {
				return nil, err
			}
			zone, err := s.zone(ctx, t.Retailer.ID)
			if err != nil {
				return nil, err
			}
			list, err := s.desk.TrackedPapers(ctx, in.Token)
			return papersAnswer(list, zone, err)
		})
	register(s, paperFile(huma.Operation{OperationID: "track-open-paper", Path: "/track/{token}/papers/{kind}", Tags: []string{"Tracking"},
		Summary: "Print a paper of the customer's claim"}),
		func(ctx context.Context, who caller, in *trackPaperIn) (*fileOut, error) {
			p, err := s.desk.TrackedPaper(ctx, in.Token, care.PaperKind(in.Kind), desk.PaperAs{Lang: in.Lang, Link: who.tracking(in.Token)})
			return paperAnswer(p, err)
		})
}

func (s *server) certificatePaperOperations() {
	tag := []string{"Papers"}
	register(s, paperFile(huma.Operation{OperationID: "open-certificate-paper", Path: "/certificates/{certificate}/paper", Tags: tag, Security: byKey(),
		Summary: "Print a certificate with the terms that it was sold by"}),
		func(ctx context.Context, who caller, in *certificatePaperIn) (*fileOut, error) {
			p, err := s.desk.CertificateFile(ctx, who.actor, in.Certificate, cmp.Or(in.Lang, who.lang))
			return paperAnswer(p, err)
		})
	register(s, paperFile(huma.Operation{OperationID: "open-linked-certificate-paper", Path: "/certificate-links/{token}/paper", Tags: tag,
		Summary: "Print a certificate by its owner's link"}),
		func(ctx context.Context, who caller, in *linkedCertificatePaperIn) (*fileOut, error) {
			p, err := s.desk.LinkedCertificateFile(ctx, in.Token, cmp.Or(in.Lang, who.lang))
			return paperAnswer(p, err)
		})
}

func papersAnswer(list []care.Issued, zone *time.Location, err error) (*papersOut, error) {
	if err != nil {
		return nil, err
	}
	out := &papersOut{}
	out.Body.Items = each(list, func(p care.Issued) Paper {
		return Paper{Kind: string(p.Kind), Number: p.Number, At: in(p.At, zone), Undated: p.Undated, Replaces: p.Replaces}
	})
	return out, nil
}

// paperFile is an operation that answers with a PDF.
func paperFile(op huma.Operation) huma.Operation {
	op.Method = http.MethodGet
	op.Responses = map[string]*huma.Response{"200": {Description: "the paper", Content: map[string]*huma.MediaType{
		"application/pdf": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}}}
	return op
}

func paperAnswer(p desk.PaperFile, err error) (*fileOut, error) {
	if err != nil {
		return nil, err
	}
	return &fileOut{ContentType: "application/pdf", Body: p.Content, Policy: "default-src 'none'; sandbox",
		Disposition: "inline; filename*=UTF-8''" + url.PathEscape(p.Name)}, nil
}
