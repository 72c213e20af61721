package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// Attachment is a photo or paper of a request or a claim.
type Attachment struct {
	ID      string    `json:"id" doc:"id"`
	Subject string    `json:"subject" vocab:"attachment_subjects" doc:"what it belongs to"`
	Event   int       `json:"event,omitempty" doc:"seq of the claim's event: of a hand-over or a diagnosis"`
	Kind    string    `json:"kind" vocab:"attachment_kinds" doc:"what it shows"`
	Name    string    `json:"name" doc:"name to save it under"`
	Type    string    `json:"type" doc:"media type, told by its bytes" example:"image/jpeg"`
	Size    int       `json:"size" doc:"bytes"`
	SHA256  string    `json:"sha256" doc:"of the bytes that are kept, in hex: what a camera wrote besides the picture is taken out"`
	Width   int       `json:"width,omitempty" doc:"of a picture, pixels"`
	Height  int       `json:"height,omitempty" doc:"of a picture, pixels"`
	Preview bool      `json:"preview" doc:"there is a small JPEG of it"`
	By      Actor     `json:"by" doc:"who handed it in"`
	At      time.Time `json:"at" doc:"when"`
	Hidden  bool      `json:"hidden" doc:"not shown to the customer"`

	WithdrawnAt time.Time `json:"withdrawn_at,omitzero" doc:"since when it is shown no more; absent = it is shown"`
	Reason      string    `json:"reason,omitempty" doc:"why it was withdrawn"`
}

func attachmentOf(zone *time.Location) func(care.Attachment) Attachment {
	return func(a care.Attachment) Attachment {
		out := Attachment{ID: a.ID, Subject: string(a.Subject), Event: a.Event, Kind: string(a.Kind), Name: a.Name, Type: a.Type, Size: a.Size,
			SHA256: a.Hash, Width: a.Width, Height: a.Height, Preview: a.Preview, By: actorOf(a.By), At: a.At.In(zone), Hidden: a.Hidden, Reason: a.Reason}
		if !a.Stands() {
			out.WithdrawnAt = a.Withdrawn.In(zone)
		}
		return out
	}
}

// Attachments are those of a request or claim.
type Attachments struct {
	Items []Attachment `json:"items" doc:"oldest first"`
}

// AttachedClaim names the claim that files belong to.
type AttachedClaim struct {
	Claim string `path:"claim" maxLength:"100" doc:"id or number of the claim" example:"RMA-2026-000017"`
}

// NewFileQuery says what a body is.
type NewFileQuery struct {
	Kind string `query:"kind" vocab:"attachment_kinds" doc:"what it shows; absent = photo, or document where it is a PDF"`
	Name string `query:"name" maxLength:"200" doc:"name of the file"`
}

func (q NewFileQuery) file(content []byte, hidden bool) []desk.NewFile {
	return []desk.NewFile{{Kind: care.AttachmentKind(q.Kind), Name: q.Name, Content: content, Hidden: hidden}}
}

type attachClaimIn struct {
	AttachedClaim
	NewFileQuery
	Event   int  `query:"event" minimum:"-1" doc:"seq of the hand-over or diagnosis that it belongs to; -1 = the latest hand-over, absent = the claim"`
	Hidden  bool `query:"hidden" doc:"not to be shown to the customer"`
	RawBody []byte
}

type attachRequestIn struct {
	RequestPath
	NewFileQuery
	Hidden  bool `query:"hidden" doc:"not to be shown to the customer"`
	RawBody []byte
}

type attachTrackIn struct {
	TokenPath
	NewFileQuery
	RawBody []byte
}

// AttachmentPath names an attachment.
type AttachmentPath struct {
	Attachment string `path:"attachment" maxLength:"100" doc:"id of the attachment"`
}

// OpenAttachment says which file is wanted.
type OpenAttachment struct {
	AttachmentPath
	Preview bool `query:"preview" doc:"a small JPEG of it"`
}

type openTrackedIn struct {
	TokenPath
	OpenAttachment
}

type withdrawAttachmentIn struct {
	AttachmentPath
	Body Cancellation
}

type withdrawTrackedIn struct {
	TokenPath
	AttachmentPath
}

type attachmentOut struct{ Body Attachment }

type attachmentsOut struct{ Body Attachments }

// fileOut is a file, which a browser may show but never run.
type fileOut struct {
	ContentType string `header:"Content-Type" hidden:"true"`
	Disposition string `header:"Content-Disposition" hidden:"true"`
	Policy      string `header:"Content-Security-Policy" hidden:"true"`
	Body        []byte
}

// uploadKey marks operations whose body is a file.
const uploadKey = "upload"

func isUpload(op *huma.Operation) bool { return op.Metadata[uploadKey] != nil }

// isUploadPath tells the same of a request before any operation is found.
func isUploadPath(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/attachments")
}

// fileTypes are the media types of files, as the document lists them.
func fileTypes() map[string]*huma.MediaType {
	out := map[string]*huma.MediaType{}
	for _, t := range []string{"image/jpeg", "image/png", "image/webp", "image/heic", "application/pdf"} {
		out[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}
	}
	return out
}

func upload(op huma.Operation) huma.Operation {
	op.Method, op.DefaultStatus, op.Metadata = http.MethodPost, http.StatusCreated, map[string]any{uploadKey: true}
	op.Description = "The body is the file itself: JPEG, PNG, WebP, HEIC or PDF of at most 10 MB; which it is, its bytes say. At most twenty files stand at one subject."
	op.RequestBody = &huma.RequestBody{Required: true, Content: fileTypes()}
	return op
}

func download(op huma.Operation) huma.Operation {
	op.Method = http.MethodGet
	op.Responses = map[string]*huma.Response{"200": {Description: "the file", Content: fileTypes()}}
	return op
}

func (s *server) attachmentOperations() {
	tag := []string{"Attachments"}
	one := func(who caller, list []care.Attachment, err error) (*attachmentOut, error) {
		if err != nil {
			return nil, err
		}
		return &attachmentOut{Body: attachmentOf(who.zone)(list[0])}, nil
	}
	all := func(who caller, list []care.Attachment, err error) (*attachmentsOut, error) {
		if err != nil {
			return nil, err
		}
		return &attachmentsOut{Body: Attachments{Items: each(list, attachmentOf(who.zone))}}, nil
	}
	register(s, upload(huma.Operation{OperationID: "attach-to-claim", Path: "/claims/{claim}/attachments", Tags: tag, Security: byKey(),
		Summary: "Add a photo or paper to a claim, a hand-over or a diagnosis"}),
		func(ctx context.Context, who caller, in *attachClaimIn) (*attachmentOut, error) {
			list, err := s.desk.Attach(ctx, who.actor, desk.AttachTo{Claim: in.Claim, Event: in.Event}, in.file(in.RawBody, in.Hidden))
			return one(who, list, err)
		})
	register(s, upload(huma.Operation{OperationID: "attach-to-request", Path: "/requests/{request}/attachments", Tags: tag, Security: byKey(),
		Summary: "Add a photo or paper to a request"}),
		func(ctx context.Context, who caller, in *attachRequestIn) (*attachmentOut, error) {
			list, err := s.desk.Attach(ctx, who.actor, desk.AttachTo{Request: in.Request}, in.file(in.RawBody, in.Hidden))
			return one(who, list, err)
		})
	register(s, huma.Operation{OperationID: "list-claim-attachments", Method: http.MethodGet, Path: "/claims/{claim}/attachments", Tags: tag,
		Security: byKey(), Summary: "List the photos and papers of a claim"},
		func(ctx context.Context, who caller, in *AttachedClaim) (*attachmentsOut, error) {
			list, err := s.desk.Attachments(ctx, who.actor, desk.AttachTo{Claim: in.Claim})
			return all(who, list, err)
		})
	register(s, huma.Operation{OperationID: "list-request-attachments", Method: http.MethodGet, Path: "/requests/{request}/attachments", Tags: tag,
		Security: byKey(), Summary: "List the photos and papers of a request"},
		func(ctx context.Context, who caller, in *RequestPath) (*attachmentsOut, error) {
			list, err := s.desk.Attachments(ctx, who.actor, desk.AttachTo{Request: in.Request})
			return all(who, list, err)
		})
	register(s, download(huma.Operation{OperationID: "open-attachment", Path: "/attachments/{attachment}/content", Tags: tag, Security: byKey(),
		Summary: "Read a photo or paper, or its preview"}),
		func(ctx context.Context, who caller, in *OpenAttachment) (*fileOut, error) {
			f, err := s.desk.AttachmentFile(ctx, who.actor, in.Attachment, in.Preview)
			return fileAnswer(f, err)
		})
	register(s, huma.Operation{OperationID: "withdraw-attachment", Method: http.MethodPost, Path: "/attachments/{attachment}/withdraw", Tags: tag,
		Security: byKey(), DefaultStatus: http.StatusNoContent, Summary: "Take a photo or paper out of sight",
		Description: "Whoever handed it in, or a manager. Its bytes stay for managers."},
		func(ctx context.Context, who caller, in *withdrawAttachmentIn) (*struct{}, error) {
			return nil, s.desk.WithdrawAttachment(ctx, who.actor, in.Attachment, in.Body.Reason)
		})
	s.trackAttachments()
}

// trackAttachments are the customer's, by the tracking link.
func (s *server) trackAttachments() {
	tag := []string{"Tracking"}
	register(s, upload(huma.Operation{OperationID: "track-attach", Path: "/track/{token}/attachments", Tags: tag, Summary: "Add the customer's photo or paper"}),
		func(ctx context.Context, who caller, in *attachTrackIn) (*attachmentOut, error) {
			list, err := s.desk.TrackedAttach(ctx, in.Token, in.file(in.RawBody, false))
			if err != nil {
				return nil, err
			}
			zone, err := s.zone(ctx, list[0].Retailer)
			if err != nil {
				return nil, err
			}
			return &attachmentOut{Body: attachmentOf(zone)(list[0]).forCustomer()}, nil
		})
	register(s, download(huma.Operation{OperationID: "track-open-attachment", Path: "/track/{token}/attachments/{attachment}/content", Tags: tag,
		Summary: "Read a photo or paper of the customer's request or claim, or its preview"}),
		func(ctx context.Context, _ caller, in *openTrackedIn) (*fileOut, error) {
			f, err := s.desk.TrackedAttachment(ctx, in.Token, in.Attachment, in.Preview)
			return fileAnswer(f, err)
		})
	register(s, huma.Operation{OperationID: "track-withdraw-attachment", Method: http.MethodPost, Path: "/track/{token}/attachments/{attachment}/withdraw", Tags: tag,
		DefaultStatus: http.StatusNoContent, Summary: "Take back a photo or paper that the customer handed in"},
		func(ctx context.Context, _ caller, in *withdrawTrackedIn) (*struct{}, error) {
			return nil, s.desk.TrackedWithdraw(ctx, in.Token, in.Attachment)
		})
}

// forCustomer leaves out by which the house knows its people.
func (a Attachment) forCustomer() Attachment {
	if a.By.Kind != string(care.CustomerActor) {
		a.By.ID, a.By.Role = "", ""
	}
	return a
}

func fileAnswer(f desk.AttachmentFile, err error) (*fileOut, error) {
	if err != nil {
		return nil, err
	}
	return &fileOut{ContentType: f.Type, Body: f.Content, Policy: "default-src 'none'; sandbox",
		Disposition: "attachment; filename*=UTF-8''" + url.PathEscape(f.Name)}, nil
}
