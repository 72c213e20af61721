package care

import (
	"slices"
	"time"
)

// The limits of attachments.
const (
	// MaxAttachment is how large a file may be, in bytes.
	MaxAttachment = 10 << 20
	// MaxAttachments is how many files may stand at one subject: a request
	// with its claim, one hand-over, one diagnosis.
	MaxAttachments = 20
)

// AttachmentKind says what a file shows.
type AttachmentKind string

// The kinds of attachment.
const (
	PhotoAttachment    AttachmentKind = "photo"
	ReceiptAttachment  AttachmentKind = "receipt"
	CardAttachment     AttachmentKind = "warranty_card"
	DocumentAttachment AttachmentKind = "document" // any other paper
)

// AttachmentKinds lists the kinds in the order in which forms offer them.
func AttachmentKinds() []AttachmentKind {
	return []AttachmentKind{PhotoAttachment, ReceiptAttachment, CardAttachment, DocumentAttachment}
}

// AttachmentSubject says what an attachment belongs to.
type AttachmentSubject string

// The subjects of attachments.
const (
	OnRequest   AttachmentSubject = "request"
	OnClaim     AttachmentSubject = "claim"
	OnHandOver  AttachmentSubject = "hand_over" // a change of the device's holder (B6)
	OnDiagnosis AttachmentSubject = "diagnosis" // B7
)

// AttachmentSubjects lists the subjects.
func AttachmentSubjects() []AttachmentSubject {
	return []AttachmentSubject{OnRequest, OnClaim, OnHandOver, OnDiagnosis}
}

// Attachment is a photo or a paper that somebody handed in with a request or
// a claim: the picture of a damage, the condition at a hand-over (B6), a
// receipt (A15). A claim's attachments are those of its request.
type Attachment struct {
	ID       string
	Retailer string
	Request  string // the request whose thread it is in
	Subject  AttachmentSubject
	Event    int // Seq of the claim's event, of a hand-over or a diagnosis
	Kind     AttachmentKind
	Name     string // as it may be saved
	Type     string // by content: image/jpeg, image/png, image/webp, image/heic or application/pdf
	Size     int    // bytes
	Hash     string // hex SHA-256 of what is kept
	Width    int    // of a picture that was decoded, pixels as seen
	Height   int
	Preview  bool // a small picture of it is kept
	By       Actor
	At       time.Time
	Hidden   bool // from the customer
	// Withdrawn attachments are shown no more, and their bytes only to
	// managers.
	Withdrawn   time.Time
	WithdrawnBy Actor
	Reason      string // why it was withdrawn
}

// Stands reports whether an attachment was not withdrawn.
func (a Attachment) Stands() bool { return a.Withdrawn.IsZero() }

// ShownTo reports whether an actor may open an attachment of a request or
// claim that it sees.
func (a Attachment) ShownTo(actor Actor) bool {
	if actor.Kind == CustomerActor {
		return a.Stands() && !a.Hidden
	}
	return a.Stands() || actor.Role == Manager
}

// AttachmentsOn picks the attachments of an event of a claim; 0 picks those
// that are of no event.
func AttachmentsOn(list []Attachment, event int) []Attachment {
	var out []Attachment
	for _, a := range list {
		if a.Event == event {
			out = append(out, a)
		}
	}
	return out
}

// SubjectOf is what an attachment to an event is about; "" for an event that
// takes none.
func SubjectOf(e Event) AttachmentSubject {
	switch e.Data.(type) {
	case *WasAccepted, *WasForwarded, *WasReceived, *WasShipped, *WasHandedOver:
		return OnHandOver
	case *WasDiagnosed:
		return OnDiagnosis
	}
	return ""
}

// LastHandOver finds the event of the latest hand-over among events; 0 where
// there is none.
func LastHandOver(events []Event) int {
	for _, e := range slices.Backward(events) {
		if SubjectOf(e) == OnHandOver {
			return e.Seq
		}
	}
	return 0
}
