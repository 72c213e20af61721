package httpkit

import (
	"net/http"
	"slices"
	"time"

	"golang.org/x/text/language"
)

// Language is the reader's language out of those on offer, whose first is the
// default: the one asked for in the address (?lang=), else the one chosen
// before (cookie), else the browser's (Accept-Language).
func (c Cookies) Language(r *http.Request, offered []string) string {
	for _, want := range []string{r.URL.Query().Get("lang"), cookie(r, langCookie)} {
		if slices.Contains(offered, want) {
			return want
		}
	}
	if header := r.Header.Get("Accept-Language"); header != "" {
		if l, ok := accepted(header, offered); ok {
			return l
		}
	}
	return offered[0]
}

// accepted picks by preference, and only by a real match of language: the
// default is the retailer's to give, not the matcher's.
func accepted(header string, offered []string) (string, bool) {
	if len(header) > 512 {
		return "", false
	}
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return "", false
	}
	for _, t := range tags {
		base, confidence := t.Base()
		if confidence != language.No && slices.Contains(offered, base.String()) {
			return base.String(), true
		}
	}
	return "", false
}

// KeepLanguage remembers a language that was asked for in the address.
func (c Cookies) KeepLanguage(w http.ResponseWriter, r *http.Request, offered []string) {
	want := r.URL.Query().Get("lang")
	if slices.Contains(offered, want) && cookie(r, langCookie) != want {
		c.set(w, r, langCookie, want, "/", 365*24*time.Hour)
	}
}
