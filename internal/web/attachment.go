package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
)

// TakesPhotos reports whether photos come with a command: it moves the device,
// or says what was found in it.
func (a actionView) TakesPhotos() bool {
	switch a.Command {
	case care.CmdAccept, care.CmdForward, care.CmdReceive, care.CmdShip, care.CmdHandOver, care.CmdDiagnose:
		return true
	}
	return false
}

// attachmentRoutes register what shows and takes photos and papers.
func (s *Server) attachmentRoutes(m *routes) {
	m.open("POST /track/{token}/files", s.trackedAttach)
	m.open("GET /track/{token}/files/{id}", s.trackedAttachment)
	m.open("POST /track/{token}/files/{id}/withdraw", s.trackedWithdraw)
	m.staff("POST /staff/claims/{id}/files", s.attachToClaim)
	m.staff("POST /staff/requests/{id}/files", s.attachToRequest)
	m.staff("GET /staff/files/{id}", s.staffAttachment)
	m.staff("POST /staff/files/{id}/withdraw", s.withdrawAttachment)
}

// filePage is an attachment as pages show it.
type filePage struct {
	care.Attachment
	Href, Small string // Small is the address of its preview, "" where there is none
	Who, Weight string
	Withdraw    string // where it is withdrawn, "" for who may not
}

// fileGroup is a titled row of attachments.
type fileGroup struct {
	Title string
	Files []filePage
}

// filePages are attachments below an address, "/staff/files/".
func (v *visit) filePages(list []care.Attachment, base string) []filePage {
	out := make([]filePage, 0, len(list))
	for _, a := range list {
		f := filePage{Attachment: a, Href: base + url.PathEscape(a.ID), Weight: kilobytes(v, a.Size), Who: actorName(v.L, a.By)}
		if a.Preview {
			f.Small = f.Href + "?preview=1"
		}
		mine := a.By.Kind == v.Actor.Kind && a.By.ID == v.Actor.ID
		if v.User == nil { // the house speaks with one voice
			mine, f.Who = a.By.Kind == care.CustomerActor, v.Name()
			if mine {
				f.Who = v.L.T("portal.track.you")
			}
		}
		if a.Stands() && (mine || v.Actor.Role == care.Manager) {
			f.Withdraw = f.Href + "/withdraw"
		}
		out = append(out, f)
	}
	return out
}

// StaffFiles are the attachments of a claim or request by what they belong to.
func (v *visit) StaffFiles(list []care.Attachment) []fileGroup {
	return v.groups(list, "/staff/files/")
}

// TrackFiles are those that the customer of a tracking link sees.
func (v *visit) TrackFiles(p trackPage) []fileGroup {
	list := p.T.Request.Attachments
	if p.T.Claim != nil {
		list = p.T.Claim.Attachments
	}
	return v.groups(list, "/track/"+url.PathEscape(p.Token)+"/files/")
}

func (v *visit) groups(list []care.Attachment, base string) []fileGroup {
	var out []fileGroup
	for _, subject := range care.AttachmentSubjects() {
		var of []care.Attachment
		for _, a := range list {
			if a.Subject == subject {
				of = append(of, a)
			}
		}
		if len(of) > 0 {
			out = append(out, fileGroup{Title: v.L.T("attachments.on." + string(subject)), Files: v.filePages(of, base)})
		}
	}
	return out
}

// EventFiles are the attachments of one event of a claim, as the timeline shows
// them: those that stand.
func (v *visit) EventFiles(list []care.Attachment, event int) []filePage {
	var out []filePage
	for _, f := range v.filePages(care.AttachmentsOn(list, event), "/staff/files/") {
		if f.Withdraw = ""; f.Stands() {
			out = append(out, f)
		}
	}
	return out
}

// MayAttach reports whether the reader may add photos and papers.
func (v *visit) MayAttach() bool { return desk.May(v.Actor, desk.AddAttachments) }

// MaxFiles and MaxMegabytes are the limits, for hints.
func (v *visit) MaxFiles() int { return care.MaxAttachments }

// MaxMegabytes is how large a file may be.
func (v *visit) MaxMegabytes() int { return care.MaxAttachment >> 20 }

// MaxTogether is how many megabytes of files a form may have.
func (v *visit) MaxTogether() int { return maxUpload >> 20 }

// sendFile answers with an attachment. Whatever it holds, it can do nothing in
// a browser but be shown as a picture or saved.
func (v *visit) sendFile(f desk.AttachmentFile) error {
	h := v.w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cache-Control", "private, max-age=600")
	tag := `"` + f.Hash[:min(16, len(f.Hash))] + "-" + strconv.Itoa(len(f.Content)) + `"`
	h.Set("ETag", tag)
	if v.r.Header.Get("If-None-Match") == tag {
		v.w.WriteHeader(http.StatusNotModified)
		return nil
	}
	disposition := "attachment"
	if f.Shown {
		disposition = "inline"
	}
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", disposition+"; filename*=UTF-8''"+url.PathEscape(f.Name))
	h.Set("Content-Length", strconv.Itoa(len(f.Content)))
	if v.r.Method != http.MethodHead {
		_, _ = v.w.Write(f.Content) // the reader may have gone away
	}
	return nil
}

func (v *visit) wantsPreview() bool { return v.r.URL.Query().Get("preview") != "" }

// trackedAttachment shows a customer a photo or paper of the own claim.
func (s *Server) trackedAttachment(v *visit) error {
	f, err := s.desk.TrackedAttachment(v.r.Context(), v.r.PathValue("token"), v.r.PathValue("id"), v.wantsPreview())
	if err != nil {
		return err
	}
	return v.sendFile(f)
}

// trackedAttach takes a customer's photos and papers. Those that can't be taken
// now wait on the form.
func (s *Server) trackedAttach(v *visit) error {
	values, files, err := v.formFiles()
	if err != nil && values == nil {
		return err
	}
	if _, err := s.tracked(v); err != nil {
		return err
	}
	dropped(values)
	form, token := held{name: "attach", values: values}, v.r.PathValue("token")
	again := err != nil || values.Get("step") == inOtherWords
	if !again {
		var all []desk.NewFile
		if all, err = s.withKept(v, values, files); err == nil {
			_, err = s.desk.TrackedAttach(v.r.Context(), token, all)
		}
		again = err != nil
	}
	if again {
		var failed error
		if form.wrong, failed = s.keep(v, values, files); failed != nil {
			return failed
		}
		return s.trackedAgain(v, form, err)
	}
	v.flash("good", "flash.attachments.added")
	return v.redirect("/track/" + url.PathEscape(token) + "#files")
}

func (s *Server) trackedWithdraw(v *visit) error {
	token := v.r.PathValue("token")
	if err := s.desk.TrackedWithdraw(v.r.Context(), token, v.r.PathValue("id")); err != nil {
		return err
	}
	v.flash("good", "flash.attachments.withdrawn")
	return v.redirect("/track/" + url.PathEscape(token) + "#files")
}

func (s *Server) staffAttachment(v *visit) error {
	f, err := s.desk.AttachmentFile(v.r.Context(), v.Actor, v.r.PathValue("id"), v.wantsPreview())
	if err != nil {
		return err
	}
	return v.sendFile(f)
}

func (s *Server) attachToClaim(v *visit) error {
	id := v.r.PathValue("id")
	values, files, err := v.formFiles()
	if err != nil && values == nil {
		return err
	}
	event, _ := strconv.Atoi(values.Get("event")) // none is the claim
	if err == nil {
		_, err = s.desk.Attach(v.r.Context(), v.Actor, desk.AttachTo{Claim: id, Event: event}, files)
	}
	if err != nil {
		var a attempt
		if err := a.refused(v.L, nil, err); err != nil {
			return err
		}
		return s.claimAgain(v, httpkit.Status(err), a)
	}
	v.flash("good", "flash.attachments.added")
	return v.redirect("/staff/claims/" + url.PathEscape(id) + "#files")
}

func (s *Server) attachToRequest(v *visit) error {
	id := v.r.PathValue("id")
	_, files, err := v.formFiles()
	if err != nil {
		return err
	}
	if _, err := s.desk.Attach(v.r.Context(), v.Actor, desk.AttachTo{Request: id}, files); err != nil {
		return err
	}
	v.flash("good", "flash.attachments.added")
	return v.redirect("/staff/requests/" + url.PathEscape(id) + "#files")
}

// withdrawAttachment takes an attachment out of sight and leads back.
func (s *Server) withdrawAttachment(v *visit) error {
	values, err := v.form()
	if err != nil {
		return err
	}
	if err := s.desk.WithdrawAttachment(v.r.Context(), v.Actor, v.r.PathValue("id"), values.Get("reason")); err != nil {
		return err
	}
	v.flash("good", "flash.attachments.withdrawn")
	return v.redirect(localPath(values.Get("back"), "/staff/work"))
}
