package httpkit

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// Cookies writes and reads the cookies of pages. All of them are HttpOnly and
// SameSite=Lax; those of an encrypted connection are Secure.
type Cookies struct{ Proxies Proxies }

// The names of the cookies.
const (
	sessionCookie = "talon_session"
	langCookie    = "talon_lang"
	flashCookie   = "talon_flash"
)

// maxCookie keeps a cookie under what every browser stores.
const maxCookie = 3800

func (c Cookies) set(w http.ResponseWriter, r *http.Request, name, value, path string, age time.Duration) {
	http.SetCookie(w, &http.Cookie{Name: name, Value: value, Path: path, MaxAge: int(age / time.Second),
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: c.Proxies.Secure(r)})
}

func (c Cookies) drop(w http.ResponseWriter, r *http.Request, name, path string) {
	c.set(w, r, name, "", path, -time.Second)
}

// SetSession keeps a session's token in the browser.
func (c Cookies) SetSession(w http.ResponseWriter, r *http.Request, token string, age time.Duration) {
	c.set(w, r, sessionCookie, token, "/", age)
}

// Session is the token that the browser sent, or "".
func (c Cookies) Session(r *http.Request) string { return cookie(r, sessionCookie) }

// DropSession forgets it.
func (c Cookies) DropSession(w http.ResponseWriter, r *http.Request) {
	c.drop(w, r, sessionCookie, "/")
}

// Flash is a message for the next page: a translation key, and whether it is
// good news. Its arguments are shown escaped.
type Flash struct {
	Kind string            `json:"kind"` // good, bad
	Key  string            `json:"key"`  // "flash.saved"
	Args map[string]string `json:"args,omitempty"`
}

// SetFlash leaves a message for the next page.
func (c Cookies) SetFlash(w http.ResponseWriter, r *http.Request, f Flash) {
	c.Leave(w, r, flashCookie, "/", 5*time.Minute, f)
}

// TakeFlash reads the message and drops it; nil when there is none.
func (c Cookies) TakeFlash(w http.ResponseWriter, r *http.Request) *Flash {
	var f Flash
	if !c.Take(w, r, flashCookie, "/", &f) || !(strings.HasPrefix(f.Key, "flash.") || strings.HasPrefix(f.Key, "error.")) {
		return nil
	}
	return &f
}

// Leave keeps a small value for a page that is about to be opened. What does
// not fit into a cookie is left out.
func (c Cookies) Leave(w http.ResponseWriter, r *http.Request, name, path string, age time.Duration, v any) {
	b, err := json.Marshal(v)
	if err != nil || len(b)*4/3 > maxCookie {
		return
	}
	c.set(w, r, name, base64.RawURLEncoding.EncodeToString(b), path, age)
}

// Take reads what Leave kept, once; false when it is not there.
func (c Cookies) Take(w http.ResponseWriter, r *http.Request, name, path string, v any) bool {
	value := cookie(r, name)
	if value == "" {
		return false
	}
	c.drop(w, r, name, path)
	b, err := base64.RawURLEncoding.DecodeString(value)
	return err == nil && json.Unmarshal(b, v) == nil
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}
