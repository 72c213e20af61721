package web

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/httpkit"
)

const (
	// maxUpload is how many bytes of files are taken with one form: more than
	// most people hand in at once, less than a server minds.
	maxUpload = 6 * care.MaxAttachment
	// maxSent is how much is read of a form with files. What is not taken is
	// read and forgotten: the fields behind it come in, and a browser that is
	// still sending would not look at an answer.
	maxSent = (care.MaxAttachments + 4) * care.MaxAttachment
	// maxParts is how many fields and files a form may have.
	maxParts = 1000
	// maxUnread is how much of a form that is too large is read after its
	// answer, for the browser to see it.
	maxUnread = 16 << 20
)

// uploads are the addresses that files are handed in at. Everywhere else a form
// is at most maxForm.
var uploads = []*regexp.Regexp{
	regexp.MustCompile(`^/staff/products/[^/]+/documents$`),
	regexp.MustCompile(`^/r/[^/]+/request$`),
	regexp.MustCompile(`^/track/[^/]+/files$`),
	regexp.MustCompile(`^/staff/(claims|requests)/[^/]+/files$`),
	regexp.MustCompile(`^/staff/claims/[^/]+/(do|foresee)/(accept|forward|receive|ship|hand_over|diagnose)$`),
	regexp.MustCompile(`^/staff/intake(/stand|/customers)?$`),
}

// bodyLimit lets larger bodies in where files are handed in.
func bodyLimit(next http.Handler) http.Handler {
	small, large := httpkit.BodyLimit(maxForm)(next), httpkit.BodyLimit(maxSent)(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := r.Body
		limited := small
		for _, path := range uploads {
			if r.Method == http.MethodPost && path.MatchString(r.URL.Path) {
				limited = large
			}
		}
		limited.ServeHTTP(w, r)
		if body != nil {
			_, _ = io.CopyN(io.Discard, body, maxUnread) // the sender may have gone away
		}
	})
}

// sentFile is a file of a form. One that is larger than it may be ends a byte
// after that.
type sentFile struct {
	field, name string
	content     []byte
}

// sentForm is a form with files as it was read.
type sentForm struct {
	values url.Values
	files  []sentFile
	each   int   // bytes that a file may have
	room   int   // bytes that are left for files
	over   error // more was sent than is taken
}

// sent reads a form that may have files in it; one without is fine. What does
// not fit is left out, and over tells so.
func (v *visit) sent(each, all int) (sentForm, error) {
	form := sentForm{each: each, room: all}
	var err error
	if !strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/form-data") {
		v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
		form.values, err = v.form()
		return form, err
	}
	parts, err := v.r.MultipartReader()
	if err == nil {
		form.values = url.Values{}
		err = form.read(parts)
	}
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge) && tooLarge.Limit == maxSent && len(form.values) > 0:
		form.over = tooMuch(all) // what came before is there
	case tooLarge != nil:
		return form, err
	case err != nil:
		return form, httpkit.Refuse(http.StatusBadRequest, err)
	}
	v.large = form.over != nil
	v.r.PostForm = form.values
	form.values, err = v.form()
	return form, err
}

func tooMuch(all int) error {
	return care.Fail(care.Invalid, "upload_too_large", "most", strconv.Itoa(all>>20)).At("files")
}

// read takes the parts of a form one after another.
func (f *sentForm) read(parts *multipart.Reader) error {
	all, text := f.room, maxForm
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if err == io.EOF {
			return nil
		}
		if err == nil && n == maxParts {
			err = errors.New("too many fields")
		}
		if err != nil {
			return err
		}
		name := part.FormName()
		if _, typed := part.Header["Content-Type"]; typed || part.FileName() != "" {
			fits, err := f.take(part, name)
			if err != nil {
				return err
			}
			if !fits {
				f.over = tooMuch(all)
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, int64(text)+1))
		if err != nil {
			return err
		}
		if text -= len(value); text < 0 {
			return &http.MaxBytesError{Limit: maxForm}
		}
		if name != "" {
			f.values.Add(name, string(value))
		}
	}
}

// take reads a file, if there is room for it.
func (f *sentForm) take(part *multipart.Part, field string) (fits bool, err error) {
	var content bytes.Buffer
	if _, err := io.Copy(&content, io.LimitReader(part, int64(min(f.each, f.room))+1)); err != nil {
		return false, fmt.Errorf("read file: %w", err)
	}
	if content.Len() > f.room {
		return false, nil
	}
	f.room -= content.Len()
	if name := part.FileName(); name != "" || content.Len() > 0 { // else nothing was chosen
		f.files = append(f.files, sentFile{field: field, name: name, content: content.Bytes()})
	}
	return true, nil
}

// formFiles reads a form with photos and papers: the files of the fields
// "photo", "receipt", "warranty_card" and "document", each of that kind. Where
// more came than is taken, the error comes with the fields and the files that
// were.
func (v *visit) formFiles() (url.Values, []desk.NewFile, error) {
	form, err := v.sent(care.MaxAttachment, maxUpload)
	if err != nil {
		return nil, nil, err
	}
	var out []desk.NewFile
	for _, kind := range care.AttachmentKinds() {
		for _, f := range form.files {
			if f.field != string(kind) {
				continue
			}
			if len(out) == care.MaxAttachments {
				return form.values, out, care.Fail(care.Invalid, "too_many_files", "most", strconv.Itoa(care.MaxAttachments)).At("files")
			}
			out = append(out, desk.NewFile{Kind: kind, Name: f.name, Content: f.content, Hidden: form.values.Get("hidden") != ""})
		}
	}
	return form.values, out, form.over
}

// looked is a form whose files don't matter yet: what becomes of the device is
// only looked at.
func (v *visit) looked() (url.Values, error) {
	values, _, err := v.formFiles()
	if values != nil {
		return values, nil
	}
	return nil, err
}

// upload reads a form with one file in it.
func (v *visit) upload(field string) (values url.Values, name string, content []byte, err error) {
	form, err := v.sent(care.MaxDocument, care.MaxDocument+1)
	if err != nil {
		return nil, "", nil, err
	}
	for _, f := range form.files {
		if f.field == field && len(f.content) > 0 {
			v.large = len(f.content) > care.MaxDocument
			return form.values, f.name, f.content, nil
		}
	}
	return form.values, "", nil, nil
}
