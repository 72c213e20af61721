package web

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/talon-care/talon/internal/care"
)

// upload adds a document to a product as a browser sends a form with a file.
func (b *browser) upload(path string, fields map[string]string, name string, content []byte) *screen {
	b.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for field, value := range fields {
		if err := form.WriteField(field, value); err != nil {
			b.t.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = file.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	res, err := b.http.Post(b.w.http.URL+path, form.FormDataContentType(), &body)
	return b.screen(res, err)
}

// bytesAt reads a file as the browser saves it.
func (b *browser) bytesAt(path string) (int, http.Header, []byte) {
	b.t.Helper()
	res, err := b.http.Get(b.w.http.URL + path)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res.StatusCode, res.Header, body
}

// tracked is the path of the tracking link that a page shows once.
func (p *screen) tracked() string {
	p.b.t.Helper()
	i := strings.Index(p.raw, "/track/")
	if i < 0 {
		p.b.t.Fatalf("%s shows no tracking link: %s", p.path, p.main())
	}
	return p.raw[i : i+strings.IndexAny(p.raw[i:], "<\"&")]
}

// TestStaffCatalogueAndDocuments adds a product and its manual, writes down a
// call that asks for it, and sends it in the answer; the customer saves it.
//
// Walks: A1, C11, C12, D4.
func TestStaffCatalogueAndDocuments(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "ru-xiaomi", care.Manager, ""), staffPassword)
	p := b.get("/staff/products/new").submit("/staff/products", fill{"sku": {"X14"}, "category": {"phone"}, "brand": {"Xiaomi"}, "model": {"14"}, "warranty_months": {"12"}}).want(http.StatusOK)
	product, _, _ := strings.Cut(p.path, "?")
	again := b.get("/staff/products/new").submit("/staff/products", fill{"sku": {"X14"}, "category": {"phone"}, "brand": {"Xiaomi"}, "model": {"15"}}).want(http.StatusUnprocessableEntity)
	if !strings.Contains(again.main(), "X14") {
		t.Error("a taken article is not named")
	}
	manual := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("x"), 400<<10)...) // more than an ordinary form may hold
	b.upload(product+"/documents", map[string]string{"title": "User guide", "lang": "en"}, "guide.pdf", manual).want(http.StatusOK)
	b.upload(product+"/documents", map[string]string{"title": "A page"}, "a.pdf", []byte("<html>")).want(http.StatusUnprocessableEntity)
	huge := b.upload(product+"/documents", map[string]string{"title": "Huge"}, "a.pdf", append([]byte("%PDF-"), make([]byte, 6<<20)...)).
		want(http.StatusRequestEntityTooLarge).says("The file is larger than 5 MB")
	if got := huge.form(product + "/documents").values(nil).Get("title"); got != "Huge" {
		t.Errorf("%q is left of the title", got)
	}
	if found := b.get("/staff/products?q=xiaomi").want(http.StatusOK); !strings.Contains(found.main(), "Xiaomi 14") {
		t.Error("the product is not found by its brand")
	}
	b.get("/r/ru-xiaomi/products").want(http.StatusOK).says("Xiaomi 14")

	p = b.get("/staff/requests/new").submit("/staff/requests", fill{"kind": {"documentation"}, "channel": {"phone"}, "text": {"Needs the guide"},
		"subject": {"Xiaomi 14"}, "name": {"Ivan Probny"}, "phone": {"+7 900 000 0003"}}).want(http.StatusOK)
	link := p.tracked()
	request, _, _ := strings.Cut(p.path, "?")
	form := p.form(request + "/answer")
	var document string
	for _, f := range form.fields {
		if f.name == "document" {
			document = f.value
		}
	}
	if document == "" {
		t.Fatalf("no document is offered: %s", p.main())
	}
	p.submit(request+"/answer", fill{"text": {"Here it is"}, "document": {document}}).want(http.StatusOK).says("User guide")

	c := w.browser(t)
	c.get(link).want(http.StatusOK).says("Here it is", "User guide")
	status, header, body := c.bytesAt(link + "/documents/" + url.PathEscape(document))
	if status != http.StatusOK || !bytes.Equal(body, manual) || header.Get("Content-Type") != "application/pdf" ||
		header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("%d, %v, %d bytes", status, header, len(body))
	}
	if status, _, _ = c.bytesAt("/staff/documents/" + url.PathEscape(document)); status == http.StatusOK && strings.Contains(c.get("/staff/documents/"+url.PathEscape(document)).raw, "%PDF") {
		t.Error("anybody reads documents")
	}
}

// TestStaffConsultations books a time by telephone; the customer adds it to
// the calendar and cancels it; staff see it go, and make a claim of the talk.
//
// Walks: A1, A4, C12, D4.
func TestStaffConsultations(t *testing.T) {
	w := newStaffWorld(t)
	b := w.signedIn(t, w.user(t, "ru-omsk", care.Manager, ""), staffPassword)
	p := b.get("/staff/requests/new").want(http.StatusOK)
	var slot string
	for _, s := range mustSlots(t, w) {
		slot = s
		break
	}
	p = p.submit("/staff/requests", fill{"kind": {"video_consultation"}, "channel": {"phone"}, "text": {"Choosing a laptop"}, "slot": {slot},
		"name": {"Ivan Probny"}, "phone": {"+7 900 000 0003"}}).want(http.StatusOK)
	link := p.tracked()
	request, _, _ := strings.Cut(p.path, "?")
	if p.form(request+"/slot") == nil {
		t.Errorf("the time can't be cancelled: %s", p.main())
	}
	b.get("/staff/consultations").want(http.StatusOK).says("Ivan Probny")

	c := w.browser(t)
	c.get(link).want(http.StatusOK)
	status, header, file := c.bytesAt(link + "/consultation.ics")
	if status != http.StatusOK || header.Get("Content-Type") != "text/calendar; charset=utf-8; method=PUBLISH" || !bytes.Contains(file, []byte("\r\nMETHOD:PUBLISH\r\n")) {
		t.Errorf("%d %v\n%s", status, header, file)
	}
	c.get(link).submit(link+"/slot/cancel", fill{"reason": {"No time"}}).want(http.StatusOK)
	if _, _, file = c.bytesAt(link + "/consultation.ics"); !bytes.Contains(file, []byte("\r\nMETHOD:CANCEL\r\n")) {
		t.Errorf("after the cancellation:\n%s", file)
	}
	if list := b.get("/staff/consultations").want(http.StatusOK); strings.Contains(list.main(), "Ivan Probny") {
		t.Error("a cancelled consultation is in the calendar")
	}
	b.get("/staff/consultations?cancelled=1").want(http.StatusOK).says("Ivan Probny", "Cancelled")
	p = c.get(link).submit(link+"/slot", fill{"slot": {slot}}).want(http.StatusOK)
	if p.form(link+"/slot/cancel") == nil {
		t.Errorf("booked again, and can't be cancelled: %s", p.main())
	}
	p = b.get(request).submit(request+"/claim", fill{"identity": {"PROBA-77"}}).want(http.StatusUnprocessableEntity)
	p = p.submit(request+"/claim", fill{"identity": {""}, "category": {"laptop"}, "brand": {"Lenovo"}, "serial": {"PROBA-77"}}).want(http.StatusOK)
	if !strings.HasPrefix(p.path, "/staff/claims/RMA-") {
		t.Fatalf("led to %s: %s", p.path, p.main())
	}
	c.get(link).want(http.StatusOK).says("RMA-")
}

// mustSlots are the times that the form of a new request offers.
func mustSlots(t *testing.T, w *staffWorld) []string {
	t.Helper()
	list, err := w.desk.Slots(t.Context(), "ru-omsk", w.now, w.now.AddDate(0, 1, 0))
	if err != nil || len(list) == 0 {
		t.Fatalf("%v, %v", list, err)
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = s.Start.Add(6 * 3600e9).UTC().Format(slotLayout) // Omsk
	}
	return out
}
