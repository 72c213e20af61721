package web

import (
	"bytes"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/policy"
)

// webFile is a file that a browser sends in a field.
type webFile struct {
	field, name string
	content     []byte
}

// multi is a form as a browser sends it with files: fields that nobody chose a
// file for are there too, empty.
func multi(t *testing.T, values url.Values, files ...webFile) (contentType string, body *bytes.Buffer) {
	t.Helper()
	body = &bytes.Buffer{}
	w := multipart.NewWriter(body)
	for name, list := range values {
		for _, value := range list {
			if err := w.WriteField(name, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, f := range append(files, webFile{field: "document"}) {
		head := textproto.MIMEHeader{"Content-Type": {"application/octet-stream"},
			"Content-Disposition": {`form-data; name="` + f.field + `"; filename="` + f.name + `"`}}
		part, err := w.CreatePart(head)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(f.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), body
}

func samplePNG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 32, 24))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (b *customer) postFiles(path string, values url.Values, files ...webFile) reply {
	b.t.Helper()
	kind, body := multi(b.t, values, files...)
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

func isPreview(n *html.Node) bool {
	return n.Data == "img" && strings.Contains(attrOf(n, "src"), "?preview=1")
}

// TestPortalPhotos sends photos with a request and on the tracking page, sees
// them there, and takes one back.
func TestPortalPhotos(t *testing.T) {
	s := openPortal(t)
	s.sell()
	b := s.browser("bg")
	photo := samplePNG(t)
	values := contact("kind", "consultation", "step", "send")
	_, token := b.receiptOf(b.postFiles("/r/bg-omni/request", values, webFile{"photo", "екран.png", photo}, webFile{"receipt", "r.pdf", []byte("%PDF-1.4\n")}))
	page := b.get("/track/"+token).want(http.StatusOK).says("екран.png", "r.pdf")
	previews := page.all(isPreview)
	if len(previews) != 1 {
		t.Fatalf("%d previews on the page", len(previews))
	}
	small := b.raw(attrOf(previews[0], "src"))
	if small.Header.Get("Content-Type") != "image/jpeg" || !strings.Contains(small.Header.Get("Content-Security-Policy"), "sandbox") ||
		small.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(small.Header.Get("Cache-Control"), "private") {
		t.Errorf("preview: %v", small.Header)
	}
	for _, link := range page.all(func(n *html.Node) bool { return n.Data == "a" && strings.Contains(attrOf(n, "href"), "/files/") }) {
		file := b.raw(attrOf(link, "href"))
		disposition := file.Header.Get("Content-Disposition")
		if pdf := file.Header.Get("Content-Type") == "application/pdf"; file.StatusCode != http.StatusOK || pdf != strings.HasPrefix(disposition, "attachment") {
			t.Errorf("%s: %d %v", attrOf(link, "href"), file.StatusCode, file.Header)
		}
	}
	b.get("/track/" + token + "/files/x").want(http.StatusNotFound)
	other := "/track/AAAAAAAAAAAAAAAAAAAAAA" + strings.TrimPrefix(attrOf(previews[0], "src"), "/track/"+token)
	b.get(other).want(http.StatusNotFound)

	b.postFiles("/track/"+token+"/files", nil, webFile{"photo", "page.jpg", []byte("<html><script>")}).want(http.StatusUnprocessableEntity).
		says("„page.jpg“ не е нито изображение")
	b.postFiles("/track/"+token+"/files", nil).want(http.StatusUnprocessableEntity)
	again := b.postFiles("/track/"+token+"/files", nil, webFile{"photo", "two.png", photo}).want(http.StatusOK).says("two.png")
	withdraw := again.all(func(n *html.Node) bool {
		return n.Data == "form" && strings.HasSuffix(attrOf(n, "action"), "/withdraw")
	})
	if len(withdraw) != 3 {
		t.Fatalf("%d files may be taken back, want the three of the customer", len(withdraw))
	}
	left := b.post(attrOf(withdraw[2], "action"), nil).want(http.StatusOK)
	if strings.Contains(left.text(), "two.png") {
		t.Error("what was taken back is still shown")
	}
}

// raw reads what is no page.
func (b *customer) raw(path string) *http.Response {
	b.t.Helper()
	res, err := b.client.Get(b.url + path)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { res.Body.Close() })
	return res
}

func (b *browser) postFiles(path string, values url.Values, files ...webFile) *screen {
	b.t.Helper()
	kind, body := multi(b.t, values, files...)
	res, err := b.http.Post(b.w.http.URL+path, kind, body)
	return b.screen(res, err)
}

// TestStaffPhotos takes a device in with photos, adds one to the claim that
// the customer does not see, and withdraws it.
//
// Walks: B6.
func TestStaffPhotos(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "bg-omni", care.Manager, ""), staffPassword)
	photo := samplePNG(t)
	values := b.get("/staff/intake?new=1&q=490154203237518").want(http.StatusOK).form("/staff/intake").values(nil)
	for name, value := range map[string]string{"category": "phone", "brand": "Samsung", "date": "2026-05-04", "price": "599.90", "name": "Jo Sample",
		"phone": "+359888100200", "condition": "Good", "documents": "-", "text": "No sound", "take": "1", "place": "omni-shop-sofia"} {
		values.Set(name, value)
	}
	values.Del("photo")
	p := b.postFiles("/staff/intake", values, webFile{"photo", "front.png", photo}, webFile{"photo", "back.png", photo}).want(http.StatusOK)
	if !strings.HasPrefix(p.path, "/staff/claims/RMA-") || !strings.Contains(p.main(), "the device is taken in") {
		t.Fatalf("led to %s: %s", p.path, p.main())
	}
	claim, _, _ := strings.Cut(p.path, "?")
	// Two in the section of files, two beside the event.
	if n := len(p.all(isPreview)); n != 4 {
		t.Errorf("%d previews, want each photo with the files and at its hand-over: %s", n, p.main())
	}
	p = b.postFiles(claim+"/files", url.Values{"hidden": {"1"}}, webFile{"photo", "label.png", photo}).want(http.StatusOK)
	if !strings.Contains(p.main(), "label.png") || !strings.Contains(p.main(), "staff only") {
		t.Errorf("the photo is not there: %s", p.main())
	}
	if bad := b.postFiles(claim+"/files", nil, webFile{"photo", "bad.png", photo[:30]}); bad.status != http.StatusUnprocessableEntity || !strings.Contains(bad.main(), "cannot be read") {
		t.Errorf("%d: %s", bad.status, bad.main())
	}
	var withdraw string
	for _, f := range p.forms() {
		if strings.HasSuffix(f.action, "/withdraw") {
			withdraw = f.action
		}
	}
	b.post(withdraw, url.Values{"back": {claim}}).want(http.StatusUnprocessableEntity)
	p = b.post(withdraw, url.Values{"back": {claim}, "reason": {"Wrong device"}}).want(http.StatusOK)
	if !strings.Contains(p.main(), "Wrong device") || !strings.Contains(p.main(), "withdrawn") {
		t.Errorf("%s: %s", p.path, p.main())
	}
	large := append([]byte("%PDF-1.4"), make([]byte, care.MaxAttachment)...)
	if over := b.postFiles(claim+"/files", nil, webFile{"document", "large.pdf", large}); over.status != http.StatusUnprocessableEntity || !strings.Contains(over.main(), "larger than 10 MB") {
		t.Errorf("%d: %s", over.status, over.main())
	}
}

// TestStaffDisposal proposes on the page of uncollected devices to let one go,
// and another person confirms it; before that its owner had changed the way
// back on the tracking page.
//
// Walks: B9.
func TestStaffDisposal(t *testing.T) {
	w := newStaffWorld(t)
	ctx := t.Context()
	boss := care.Actor{Kind: care.StaffActor, ID: "u-boss", Name: "Boss", Retailer: "ru-omsk", Role: care.Manager}
	rec, err := w.desk.RegisterSale(ctx, boss, desk.SaleRow{Category: "phone", Brand: "Realme", Model: "C55", Serial: "RC-90", Date: calendar.MustDate("2026-05-04")})
	if err != nil {
		t.Fatal(err)
	}
	made, err := w.desk.Submit(ctx, boss, desk.NewRequest{Kind: care.WarrantyService, Channel: "counter", Lang: "en", Identity: rec.Unit.Serial,
		Customer: desk.Contact{Name: "Jo Sample", Phone: "+7 900 000-03-03"}})
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	for _, cmd := range []care.Command{care.Accept{Place: "omsk-service"}, care.Diagnose{Facts: policy.DiagnosisFacts{Confirmed: &yes, Kind: "hardware", FailedPart: "mainboard"}},
		care.OverrideDecision{Basis: policy.Warranty, Verdict: policy.Covered, Reason: "x"}, care.ChooseRemedy{Remedy: "repair"}, care.StartRepair{},
		care.FinishRepair{Kind: "hardware", Work: "x"}, care.MarkReady{}} {
		if _, err := w.desk.Do(ctx, boss, made.Claim.ID, cmd); err != nil {
			t.Fatal(cmd.Name(), err)
		}
	}
	owner := w.browser(t)
	do := "/track/" + made.Token + "/do"
	change := url.Values{"command": {"change_return"}, "return": {"deliver"}}
	if p := owner.post(do, change); p.status != http.StatusUnprocessableEntity {
		t.Errorf("to be brought nowhere: %d %s", p.status, p.main())
	}
	change.Set("address", "Omsk, Sample street 1")
	if p := owner.post(do, change).want(http.StatusOK); !strings.Contains(p.main(), "delivery by courier") && !strings.Contains(p.main(), "Delivery by courier") {
		t.Errorf("the way back is not shown: %s", p.main())
	}
	change.Set("return", "collect")
	owner.post(do, change).want(http.StatusOK)

	if err := w.desk.Warn(ctx, boss, made.Claim.ID, "letter"); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.AddDate(0, 3, 0)
	clerk := w.signedIn(t, w.user(t, "ru-omsk", care.Clerk, ""), staffPassword)
	path := "/staff/uncollected/" + made.Claim.Number
	if p := clerk.post(path+"/dispose", url.Values{"how": {"sold"}, "reason": {"Four months"}}); p.status != http.StatusUnprocessableEntity ||
		!strings.Contains(p.main(), "State what the sale brought") {
		t.Errorf("a sale for nothing: %d %s", p.status, p.main())
	}
	p := clerk.get("/staff/uncollected").submit(path+"/dispose", fill{"how": {"sold"}, "reason": {"Four months"}, "proceeds": {"4 000"}, "costs": {"600"}}).want(http.StatusOK)
	if !strings.Contains(p.main(), "Another person has to confirm it") || p.form(path+"/confirm") != nil {
		t.Errorf("%s", p.main())
	}
	manager := w.signedIn(t, w.user(t, "ru-omsk", care.Manager, ""), staffPassword)
	done := manager.get("/staff/uncollected").submit(path+"/confirm", nil).want(http.StatusOK)
	if !strings.Contains(done.main(), "was closed") {
		t.Errorf("%s", done.main())
	}
	claim := manager.get("/staff/claims/" + made.Claim.Number).want(http.StatusOK)
	for _, text := range []string{"disposed of, not collected", "Four months", "Disposal proposed", "Disposed of"} {
		if !strings.Contains(claim.main(), text) {
			t.Errorf("the claim does not say %q: %s", text, claim.main())
		}
	}
}
