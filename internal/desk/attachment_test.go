package desk_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"testing"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
)

// photo is a small picture; each seed is another one.
func photo(t *testing.T, seed uint8) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range img.Pix {
		img.Pix[i] = uint8(i) ^ seed
	}
	img.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

var paper = []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")

// TestAttachmentsOfAClaim hands files in with the request, at a hand-over and
// at the diagnosis, and shows each reader what is for them.
//
// Walks: A15, B6, B7.
func TestAttachmentsOfAClaim(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		in := ask(s.sell(as(care.Clerk), nil).Unit.Serial)
		in.Files = []desk.NewFile{{Name: `C:\снимки\екран.PNG`, Content: photo(s.t, 1)}, {Kind: care.ReceiptAttachment, Name: "бележка", Content: paper}}
		r := s.submit(visitor, in)
		claim := r.Claim.ID

		seq := s.claim(claim).Seq
		_, err := s.DoWith(ctx, as(care.Clerk), claim, seq, care.Accept{Place: "omni-service"},
			[]desk.NewFile{{Name: "back.png", Content: photo(s.t, 2)}, {Name: "note.png", Content: photo(s.t, 3), Hidden: true}})
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.Attach(ctx, as(care.Dispatcher), desk.AttachTo{Claim: claim, Event: desk.LastHandOver}, []desk.NewFile{{Content: photo(s.t, 4)}}); err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.DoWith(ctx, as(care.Technician), claim, 0, hardware("mainboard"), []desk.NewFile{{Name: "board", Content: photo(s.t, 5)}}); err != nil {
			s.t.Fatal(err)
		}

		view, err := s.Claim(ctx, as(care.Clerk), claim, "bg")
		if err != nil {
			s.t.Fatal(err)
		}
		type row struct {
			subject care.AttachmentSubject
			kind    care.AttachmentKind
			name    string
			kindOf  care.EventKind
		}
		want := []row{
			{care.OnClaim, care.PhotoAttachment, "екран.PNG", ""},
			{care.OnClaim, care.ReceiptAttachment, "бележка.pdf", ""},
			{care.OnHandOver, care.PhotoAttachment, "back.png", care.EventAccepted},
			{care.OnHandOver, care.PhotoAttachment, "note.png", care.EventAccepted},
			{care.OnHandOver, care.PhotoAttachment, "document.png", care.EventAccepted},
			{care.OnDiagnosis, care.PhotoAttachment, "board.png", care.EventDiagnosed},
		}
		if len(view.Attachments) != len(want) {
			s.t.Fatalf("%d attachments: %+v", len(view.Attachments), view.Attachments)
		}
		for i, a := range view.Attachments {
			got := row{subject: a.Subject, kind: a.Kind, name: a.Name}
			for _, e := range view.Events {
				if e.Seq == a.Event {
					got.kindOf = e.Data.EventKind()
				}
			}
			if got != want[i] {
				s.t.Errorf("attachment %d is %+v, want %+v", i, got, want[i])
			}
		}
		tracked, err := s.Tracked(ctx, r.Token, "bg")
		if err != nil || len(tracked.Claim.Attachments) != 5 {
			s.t.Errorf("the customer sees %d, %v; one of six is hidden", len(tracked.Claim.Attachments), err)
		}
		hidden := view.Attachments[3].ID
		if _, err := s.TrackedAttachment(ctx, r.Token, hidden, false); care.CodeOf(err) != care.NotFound {
			s.t.Errorf("the customer opened what is hidden: %v", err)
		}
		full, err := s.TrackedAttachment(ctx, r.Token, view.Attachments[0].ID, false)
		if err != nil || full.Type != "image/png" || !full.Shown || full.Width != 40 || full.Height != 30 || full.Size != len(full.Content) {
			s.t.Errorf("the photo: %+v, %v", full.Attachment, err)
		}
		small, err := s.TrackedAttachment(ctx, r.Token, view.Attachments[0].ID, true)
		if err != nil || small.Type != "image/jpeg" || !bytes.HasPrefix(small.Content, []byte("\xff\xd8\xff")) {
			s.t.Errorf("the preview: %+v, %v", small.Attachment, err)
		}
		if _, err := s.TrackedAttachment(ctx, r.Token, view.Attachments[1].ID, true); care.CodeOf(err) != care.NotFound {
			s.t.Errorf("a preview of a paper: %v", err)
		}
	})
}

func (s *shop) claim(id string) care.Claim {
	s.t.Helper()
	v, err := s.Claim(s.t.Context(), as(care.Manager), id, "en")
	if err != nil {
		s.t.Fatal(err)
	}
	return v.Claim
}

// TestAttachmentsAreNobodyElses tries everybody whom an attachment is not for.
func TestAttachmentsAreNobodyElses(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		r, other := s.open(), s.open()
		list, err := s.TrackedAttach(ctx, r.Token, []desk.NewFile{{Content: photo(s.t, 1), Hidden: true}})
		if err != nil {
			s.t.Fatal(err)
		}
		id := list[0].ID
		if list[0].Hidden {
			s.t.Error("a customer's file is hidden from the customer")
		}
		customer := care.Actor{Kind: care.CustomerActor, ID: r.Claim.Customer, Retailer: "bg-omni"}
		stranger := care.Actor{Kind: care.CustomerActor, ID: "somebody", Retailer: "bg-omni"}
		for name, c := range map[string]struct {
			open func() error
			want care.Code
		}{
			"the customer":            {func() error { _, err := s.AttachmentFile(ctx, customer, id, false); return err }, ""},
			"a clerk":                 {func() error { _, err := s.AttachmentFile(ctx, as(care.Clerk), id, true); return err }, ""},
			"another customer":        {func() error { _, err := s.AttachmentFile(ctx, stranger, id, false); return err }, care.NotFound},
			"a visitor":               {func() error { _, err := s.AttachmentFile(ctx, visitor, id, false); return err }, care.NotFound},
			"another link":            {func() error { _, err := s.TrackedAttachment(ctx, other.Token, id, false); return err }, care.NotFound},
			"no link":                 {func() error { _, err := s.TrackedAttachment(ctx, "x", id, false); return err }, care.NotFound},
			"another retailer":        {func() error { _, err := s.AttachmentFile(ctx, of("ru-omsk", care.Manager), id, false); return err }, care.NotFound},
			"a partner not routed to": {func() error { _, err := s.AttachmentFile(ctx, as(care.Partner), id, false); return err }, care.NotFound},
			"a partner's list": {func() error {
				_, err := s.Attachments(ctx, as(care.Partner), desk.AttachTo{Claim: r.Claim.ID})
				return err
			}, care.NotFound},
			"an editor of terms":     {func() error { _, err := s.AttachmentFile(ctx, as(care.PolicyEditor), id, false); return err }, care.Forbidden},
			"another link withdraws": {func() error { return s.TrackedWithdraw(ctx, other.Token, id) }, care.NotFound},
			"another link's files": {func() error {
				_, err := s.TrackedAttach(ctx, "x", []desk.NewFile{{Content: photo(s.t, 1)}})
				return err
			}, care.NotFound},
			"a clerk withdraws":        {func() error { return s.WithdrawAttachment(ctx, as(care.Clerk), id, "x") }, care.Forbidden},
			"a manager without reason": {func() error { return s.WithdrawAttachment(ctx, as(care.Manager), id, " ") }, care.Invalid},
		} {
			if err := c.open(); care.CodeOf(err) != c.want {
				s.t.Errorf("%s: %v, want %q", name, err, c.want)
			}
		}
		if _, err := s.Do(ctx, as(care.Manager), r.Claim.ID, care.RouteTo{Centre: "asus-sofia"}); err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.AttachmentFile(ctx, as(care.Partner), id, false); err != nil {
			s.t.Errorf("a partner on its claim: %v", err)
		}
		if err := s.WithdrawAttachment(ctx, as(care.Manager), id, "somebody else's passport"); err != nil {
			s.t.Fatal(err)
		}
		for name, open := range map[string]func() error{
			"the link": func() error { _, err := s.TrackedAttachment(ctx, r.Token, id, false); return err },
			"a clerk":  func() error { _, err := s.AttachmentFile(ctx, as(care.Clerk), id, false); return err },
		} {
			if err := open(); care.CodeOf(err) != care.NotFound {
				s.t.Errorf("%s opened what was withdrawn: %v", name, err)
			}
		}
		if _, err := s.AttachmentFile(ctx, as(care.Manager), id, false); err != nil {
			s.t.Errorf("a manager keeps what was withdrawn: %v", err)
		}
		audits, _, err := s.Audits(ctx, as(care.Manager), care.AuditFilter{ObjectID: r.Claim.ID, Action: "attachment.withdraw"}, care.Page{})
		if err != nil || len(audits) != 1 || audits[0].Reason == "" || audits[0].Details["attachment"] != id {
			s.t.Errorf("audit %+v, %v", audits, err)
		}
	})
}

// TestFilesThatAreNotTaken tries what is refused, with the reason that is told.
func TestFilesThatAreNotTaken(t *testing.T) {
	on(t, func(s *shop) {
		ctx := s.t.Context()
		r := s.open()
		broken := photo(s.t, 1)
		broken = broken[:len(broken)/2]
		many := make([]desk.NewFile, care.MaxAttachments+1)
		for i := range many {
			many[i] = desk.NewFile{Content: paper}
		}
		for name, c := range map[string]struct {
			files []desk.NewFile
			event int
			key   string
		}{
			"nothing":            {nil, 0, "error.required"},
			"an empty file":      {[]desk.NewFile{{}}, 0, "error.attachment_empty"},
			"a page":             {[]desk.NewFile{{Name: "a.jpg", Content: []byte("<html><script>")}}, 0, "error.attachment_type"},
			"a drawing":          {[]desk.NewFile{{Content: []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)}}, 0, "error.attachment_type"},
			"a broken picture":   {[]desk.NewFile{{Content: broken}}, 0, "error.attachment_broken"},
			"a large file":       {[]desk.NewFile{{Content: append(bytes.Clone(paper), make([]byte, care.MaxAttachment)...)}}, 0, "error.attachment_size"},
			"too many at once":   {many, 0, "error.too_many_files"},
			"an unknown kind":    {[]desk.NewFile{{Kind: "passport", Content: paper}}, 0, "error.unknown_value"},
			"no such event":      {[]desk.NewFile{{Content: paper}}, 77, "error.no_such_event"},
			"no hand-over":       {[]desk.NewFile{{Content: paper}}, desk.LastHandOver, "error.no_such_event"},
			"an event of no use": {[]desk.NewFile{{Content: paper}}, 1, "error.no_such_event"},
		} {
			_, err := s.Attach(ctx, as(care.Clerk), desk.AttachTo{Claim: r.Claim.ID, Event: c.event}, c.files)
			if got := keyOf(err); got != c.key {
				s.t.Errorf("%s: %v, want %s", name, err, c.key)
			}
		}
		if _, err := s.Attach(ctx, as(care.Clerk), desk.AttachTo{Claim: r.Claim.ID}, many[:care.MaxAttachments]); err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.TrackedAttach(ctx, r.Token, many[:1]); keyOf(err) != "error.too_many_files" {
			s.t.Errorf("one more than may be: %v", err)
		}
		if err := s.cancel(r.Claim.ID); err != nil {
			s.t.Fatal(err)
		}
		if _, err := s.TrackedAttach(ctx, r.Token, many[:1]); keyOf(err) != "error.claim_over" {
			s.t.Errorf("a file for a claim that is over: %v", err)
		}
	})
}

// keyOf is the translation key of a refusal, "" for none.
func keyOf(err error) string {
	var e *care.Error
	if errors.As(err, &e) {
		return e.Key
	}
	return ""
}

func (s *shop) cancel(claim string) error {
	_, err := s.Do(s.t.Context(), as(care.Manager), claim, care.Cancel{Reason: "x"})
	return err
}
