package web

import (
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/talon-care/talon/internal/care"
)

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// part is a field of a form, or a file of so many bytes.
type part struct {
	name, value string
	file        string
	content     []byte
	zeros       int64
}

// stream is a form that comes in as it is written, in the order of its parts.
func stream(t *testing.T, parts ...part) (contentType string, body io.Reader) {
	t.Helper()
	read, write := io.Pipe()
	w := multipart.NewWriter(write)
	go func() {
		var err error
		for _, p := range parts {
			if p.file == "" {
				err = w.WriteField(p.name, p.value)
			} else {
				var file io.Writer
				if file, err = w.CreateFormFile(p.name, p.file); err == nil {
					_, err = io.Copy(file, io.MultiReader(strings.NewReader(string(p.content)), io.LimitReader(zeros{}, p.zeros)))
				}
			}
			if err != nil {
				break
			}
		}
		write.CloseWithError(w.Close())
	}()
	t.Cleanup(func() { read.Close() })
	return w.FormDataContentType(), read
}

func (b *customer) postStream(path string, parts ...part) reply {
	b.t.Helper()
	kind, body := stream(b.t, parts...)
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	return b.do(r)
}

func partsOf(values url.Values) (out []part) {
	for name, list := range values {
		for _, value := range list {
			out = append(out, part{name: name, value: value})
		}
	}
	return out
}

// A form with more files than are taken at once comes back with everything that
// was typed, before the files and behind them, with the files that fitted, and
// with the limit.
//
// Walks: A3.
func TestPortalTooMuchIsKept(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("en")
	_, values := contactStep(b)
	values.Del("phone")
	small := samplePNG(t)
	send := append(partsOf(values), part{name: "photo", file: "first.png", content: small})
	for range 6 { // with the first one, just over what is taken
		send = append(send, part{name: "photo", file: "film.mov", zeros: care.MaxAttachment})
	}
	send = append(send, part{name: "photo", file: "last.png", content: small}, part{name: "phone", value: "+359 88 000 00 11"})
	page := b.postStream("/r/bg-omni/request", send...).want(http.StatusRequestEntityTooLarge).
		says("larger than 60 MB", "Already here", "first.png", "last.png", "“film.mov” is neither")
	if n := len(page.all(isKeptPreview)); n != 2 {
		t.Errorf("%d files are kept, want the two that fitted", n)
	}
	left := untouched(page.form("/request", ""))
	if left.Get("phone") != "+359 88 000 00 11" || left.Get("name") != "Ада Примерова" {
		t.Errorf("left of what was typed: %v", left)
	}
	_, track := b.receiptOf(b.send(page, "/request", url.Values{"step": {"send"}}))
	b.get("/track/"+track).says("first.png", "last.png")
}

// Even a form that is larger than is read at all is answered with what came
// before its end.
func TestPortalEndlessFormIsAnswered(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("bg")
	_, values := contactStep(b)
	page := b.postStream("/r/bg-omni/request", append(partsOf(values), part{name: "photo", file: "film.mov", zeros: maxSent + 1<<20})...).
		want(http.StatusRequestEntityTooLarge).says("над 60 MB")
	if got := untouched(page.form("/request", "")).Get("name"); got != "Ада Примерова" {
		t.Errorf("%q is left of the name", got)
	}
	_, token := b.claimByPortal("bg-omni", contact("serial", laptop))
	b.postStream("/track/"+token+"/files", part{name: "photo", file: "a.png", content: samplePNG(t)}, part{name: "photo", file: "film.mov", zeros: maxUpload}).
		want(http.StatusUnprocessableEntity).says("a.png", "„film.mov“ е по-голям от 10 MB")
}

// A page that takes no files says how much it takes, whatever was sent to it.
func TestTooMuchTextIsTold(t *testing.T) {
	s := openPortal(t)
	s.sell()
	for lang, want := range map[string]string{"bg": "най-много 256 KB", "en": "larger than 256 KB", "ru": "не больше 256 КБ"} {
		b := s.browser(lang)
		_, token := b.receiptOf(b.send(b.get("/r/bg-omni/request?kind=consultation"), "/request", contact("name", lang)))
		b.post("/track/"+token+"/say", url.Values{"text": {strings.Repeat("x", 4<<20)}}).want(http.StatusRequestEntityTooLarge).says(want)
	}
}

// The staff's forms keep what was typed, and nothing is done.
func TestStaffTooMuchIsTold(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Manager, ""), staffPassword)
	values := b.get("/staff/intake?new=1&q=490154203237518").want(http.StatusOK).form("/staff/intake").values(nil)
	for name, value := range map[string]string{"category": "phone", "brand": "Samsung", "date": "2026-05-04", "price": "599.90", "name": "Jo Sample",
		"phone": "+359888100200", "condition": "Scratched lid", "documents": "-", "text": "No sound", "place": "omni-shop-sofia"} {
		values.Set(name, value)
	}
	values.Del("photo")
	values.Del("take")
	var films []webFile
	for range 7 {
		films = append(films, webFile{"photo", "film.mov", make([]byte, care.MaxAttachment)})
	}
	p := b.postFiles("/staff/intake", values, films...).want(http.StatusRequestEntityTooLarge).says("larger than 60 MB")
	if got := p.form("/staff/intake").values(nil); got.Get("name") != "Jo Sample" || got.Get("condition") == "" {
		t.Errorf("left of what was typed: %v", got)
	}
	p = b.post("/staff/intake", values).want(http.StatusOK)
	claim, _, _ := strings.Cut(strings.TrimPrefix(p.path, "/staff/claims/"), "?")
	form := p.action(claim, care.CmdAccept).values(nil)
	form.Set("condition", "Scratched lid")
	form.Set("place", "omni-shop-sofia")
	p = b.postFiles("/staff/claims/"+claim+"/do/accept", form, films...).want(http.StatusRequestEntityTooLarge).says("larger than 60 MB")
	if got := p.action(claim, care.CmdAccept).values(nil).Get("condition"); got != "Scratched lid" {
		t.Errorf("%q is left of the condition", got)
	}
	b.postFiles("/staff/claims/"+claim+"/files", nil, films...).want(http.StatusRequestEntityTooLarge).says("larger than 60 MB")
}

// Every form with files says to a script how much it takes.
func TestFileFormsTellTheirLimits(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("ru")
	contact, _ := contactStep(b)
	for _, page := range []reply{contact, b.get("/r/bg-omni/request?kind=consultation")} {
		forms := page.all(func(n *html.Node) bool { return attrOf(n, "enctype") == "multipart/form-data" })
		if len(forms) != 1 || attrOf(forms[0], "data-file-most") != "10" || attrOf(forms[0], "data-files-most") != "60" ||
			!strings.Contains(attrOf(forms[0], "data-file-says"), "«{name}» больше 10 МБ") || !strings.Contains(attrOf(forms[0], "data-files-says"), "{sum} МБ") {
			t.Errorf("%s: %d forms", page.path, len(forms))
		}
	}
}
