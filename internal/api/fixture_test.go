package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	printing "github.com/talon-care/talon/internal/document"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/internal/storage/storagetest"
	"github.com/talon-care/talon/packs"
)

// clock is a clock that a test sets.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// wide are limits that no test but those of the limits reaches.
var wide = limits{body: 64 << 10, public: 100_000, all: 100_000, window: time.Minute}

// world is the API over a real database, with a client that checks every
// answer against the document.
type world struct {
	t      testing.TB
	clock  *clock
	desk   *desk.Desk
	server *server
	http   *httptest.Server
	keys   map[string]string // "bg-omni clerk" → API key
	schema func(place string) (*jsonschema.Schema, error)
	log    *bytes.Buffer
	store  desk.Store
	raw    io.Closer
	writes atomic.Int64 // makes keys of writes
	given  map[care.CommandName]bool
}

type tx = desk.Tx

var newManager = desk.NewUser{Email: "manager@mail.example", Name: "Стоян Илиев", Role: care.Manager, Lang: "bg", Password: "a long password"}

func newWorld(t testing.TB, lim limits) *world {
	t.Helper()
	lib, err := packs.Library()
	if err != nil {
		t.Fatal(err)
	}
	words, err := i18n.New(i18n.Beside(lib.Lexicon()), i18n.OnMissing(func(lang, key string) { t.Errorf("no text %s in %s", key, lang) }))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: &clock{at: time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)}, keys: map[string]string{}, given: map[care.CommandName]bool{}, log: &bytes.Buffer{}}
	db := storagetest.Open(t)
	w.raw, w.store = db, desk.StoreOf(db)
	papers, err := printing.New(words)
	if err != nil {
		t.Fatal(err)
	}
	w.desk, err = desk.New(desk.Config{Store: w.store, Packs: lib, Papers: papers,
		Hasher: desk.Argon2id{Memory: 64, Time: 1, Threads: 1}, Now: w.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.desk.Install(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.server, err = newServer(Config{Desk: w.desk, Words: words, Now: w.clock.now, Log: slog.New(slog.NewTextHandler(w.log, nil)), Version: "test"}, lim)
	if err != nil {
		t.Fatal(err)
	}
	compile, err := schemas(w.server.document.json)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex // a compiler is for one goroutine, and some tests call from several
	w.schema = func(place string) (*jsonschema.Schema, error) {
		mu.Lock()
		defer mu.Unlock()
		return compile(place)
	}
	w.http = httptest.NewServer(w.server.handler())
	t.Cleanup(w.http.Close)
	return w
}

// key is the key of a program of a retailer in a role; made when first asked.
func (w *world) key(retailer string, role care.Role) string {
	w.t.Helper()
	name := retailer + " " + string(role)
	if w.keys[name] == "" {
		_, key, err := w.desk.CreateClient(w.t.Context(), care.System(retailer), desk.NewClient{Name: "test " + string(role), Role: role, Place: centreOf(retailer, role)})
		if err != nil {
			w.t.Fatal(err)
		}
		w.keys[name] = key
	}
	return w.keys[name]
}

// centreOf is where the partner of a retailer works.
func centreOf(retailer string, role care.Role) string {
	if role != care.Partner {
		return ""
	}
	return map[string]string{"bg-omni": "asus-sofia", "ru-omsk": "omsk-authorised", "ru-xiaomi": "xiaomi-moscow"}[retailer]
}

// call is one call of the API.
type call struct {
	method, path string
	key          string
	lang         string
	header       map[string]string
	body         string
	unchecked    bool // the answer is not of an operation
}

// reply is its answer.
type reply struct {
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

func (w *world) do(c call) reply {
	w.t.Helper()
	var body io.Reader
	if c.body != "" {
		body = strings.NewReader(c.body)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), c.method, w.http.URL+Base+c.path, body)
	if err != nil {
		w.t.Fatal(err)
	}
	if c.body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	if c.lang != "" {
		req.Header.Set("Accept-Language", c.lang)
	}
	for k, v := range c.header {
		req.Header.Set(k, v)
	}
	res, err := w.http.Client().Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	out := reply{status: res.StatusCode, header: res.Header}
	if out.raw, err = io.ReadAll(res.Body); err != nil {
		w.t.Fatal(err)
	}
	if strings.Contains(res.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(out.raw, &out.body); err != nil {
			w.t.Fatalf("%s %s: %v in %s", c.method, c.path, err, out.raw)
		}
	}
	if !c.unchecked {
		w.conforms(req, out)
	}
	return out
}

// conforms holds an answer against what the document says of it.
func (w *world) conforms(req *http.Request, r reply) {
	w.t.Helper()
	_, pattern := w.server.mux.Handler(req)
	method, path, ok := strings.Cut(strings.Replace(pattern, " "+Base, " ", 1), " ")
	if !ok {
		w.t.Errorf("%s %s is no operation", req.Method, req.URL.Path)
		return
	}
	op := "#/paths/" + pointerEscapes.Replace(path) + "/" + strings.ToLower(method)
	media, _, _ := strings.Cut(r.header.Get("Content-Type"), ";")
	places := []string{fmt.Sprintf("%s/responses/%d", op, r.status)}
	if r.status >= 400 {
		if !w.documented(path, method, r.status) {
			w.t.Errorf("%s %s answers %d, which the document does not say: %s", method, path, r.status, r.raw)
		}
		places = []string{"#/components/responses/" + problemName(r.status)}
	}
	if r.status == http.StatusNoContent {
		if len(r.raw) > 0 {
			w.t.Errorf("%s %s: 204 with a body", method, path)
		}
		return
	}
	schema, err := w.schema(places[0] + "/content/" + pointerEscapes.Replace(media) + "/schema")
	if err != nil {
		w.t.Errorf("%s %s answers %d %s, which the document does not say: %v", method, path, r.status, media, err)
		return
	}
	if r.body == nil {
		return
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.raw))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := schema.Validate(instance); err != nil {
		w.t.Errorf("%s %s: the answer is not as documented: %v\n%s", method, path, err, r.raw)
	}
}

func (w *world) documented(path, method string, status int) bool {
	op := w.server.operation(method, path)
	return op != nil && op.Responses[fmt.Sprint(status)] != nil
}

// want is do, and ends the test when the status is another.
func (w *world) want(status int, c call) reply {
	w.t.Helper()
	r := w.do(c)
	if r.status != status {
		w.t.Fatalf("%s %s: %d, want %d: %s\nbody %s\nlog %s", c.method, c.path, r.status, status, r.raw, c.body, w.log)
	}
	return r
}

// at reads a value by a path of keys and indexes: "errors.0.pointer".
func (r reply) at(path string) any {
	var v any = r.body
	for _, p := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[p]
		case []any:
			i := 0
			if _, err := fmt.Sscan(p, &i); err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

func (r reply) str(path string) string {
	s, _ := r.at(path).(string)
	return s
}
