package care

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxDocument is how large a product's document may be, in bytes.
const MaxDocument = 5 << 20

// Document is a manual, certificate or other paper of a product that is sent
// to customers who ask for documentation (C12): a link, or a file.
type Document struct {
	ID       string
	Retailer string
	Product  string
	Title    string
	Lang     string // language it is written in, "" = none or several
	Link     string // address elsewhere; "" = the file is kept here
	Name     string // of the file
	Type     string // of the file: application/pdf, image/png, image/jpeg or text/plain
	Size     int    // of the file, bytes
	Created  time.Time
	// Withdrawn documents are offered no more; who was sent one keeps it.
	Withdrawn time.Time
}

// SentDocument is a document that was sent in a message of a thread.
type SentDocument struct {
	Message string
	Document
}

// DocumentType tells what a file is by its first bytes, whatever it is called:
// "" when it is none of the types that are kept.
func DocumentType(content []byte) string {
	switch {
	case bytes.HasPrefix(content, []byte("%PDF-")):
		return "application/pdf"
	case bytes.HasPrefix(content, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(content, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case plainText(content):
		return "text/plain"
	}
	return ""
}

// plainText takes UTF-8 without control characters, which a browser would not
// take for a page.
func plainText(content []byte) bool {
	if len(content) == 0 || !utf8.Valid(content) {
		return false
	}
	for _, r := range string(content) {
		if r < ' ' && !strings.ContainsRune("\t\r\n\f", r) || r == 0x7f {
			return false
		}
	}
	start := strings.ToLower(strings.TrimLeft(strings.TrimPrefix(string(content), "\ufeff"), " \t\r\n\f"))
	return !strings.HasPrefix(start, "<")
}

// extensions of the types, the usual one first.
var extensions = map[string][]string{
	"application/pdf": {".pdf"}, "image/png": {".png"}, "image/jpeg": {".jpg", ".jpeg"}, "text/plain": {".txt"},
	"image/webp": {".webp"}, "image/heic": {".heic", ".heif"},
}

// DocumentName makes a file's name safe to be offered for saving: no path, no
// control characters, and the ending of what the file is.
func DocumentName(name, kind string) string {
	name = FileName(name)
	endings := extensions[kind]
	if name == "" || len(endings) == 0 {
		name = "document"
	}
	ending := strings.ToLower(name[max(strings.LastIndexByte(name, '.'), 0):])
	if len(endings) > 0 && !slices.Contains(endings, ending) {
		name += endings[0]
	}
	return name
}

// FileName is what a file was called, without path or control characters and
// of a length that may be shown.
func FileName(name string) string {
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`"<>:|?*`, r) {
			return -1
		}
		return r
	}, name))
	for len(name) > 150 {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name
}

// WebLink reports whether a text is an address of the web that a customer may
// be sent to.
func WebLink(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && len(text) <= 2000
}
