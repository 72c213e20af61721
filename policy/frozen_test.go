package policy

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// filled sets every field of v, however deep.
func filled(t *testing.T, r *rand.Rand, v reflect.Value) {
	t.Helper()
	switch target := v.Addr().Interface().(type) {
	case *time.Time:
		*target = time.Date(2026, 3, 29, 1+r.IntN(20), 4, 59, 0, time.FixedZone("", 60*60*(1+r.IntN(6))))
		return
	case *calendar.Date:
		*target = calendar.MustDate("2024-02-29").AddDays(r.IntN(900))
		return
	case *Moment:
		if r.IntN(2) == 0 {
			*target = Day(calendar.MustDate("2026-01-31"))
		} else {
			*target = Instant(time.Date(2026, 1, 31, 23, 59, 0, 0, time.FixedZone("", 6*60*60)))
		}
		return
	case *money.Amount:
		*target = money.Amount{Minor: 1 + r.Int64N(1_000_000), Currency: "BGN"}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			filled(t, r, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+r.IntN(3), 3))
		for i := range v.Len() {
			filled(t, r, v.Index(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		filled(t, r, v.Elem())
	case reflect.String:
		v.SetString([]string{"гр. Бургас", "x", "a b", "Ё/№"}[r.IntN(4)])
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int:
		v.SetInt(r.Int64N(100) + 1)
	default:
		t.Fatalf("a fact of kind %s: say how to fill it", v.Kind())
	}
}

func TestReadFrozenReadsEveryFactDirectly(t *testing.T) {
	for seed := range uint64(50) {
		var f Facts
		filled(t, rand.New(rand.NewPCG(seed, 1)), reflect.ValueOf(&f).Elem())
		data, err := f.CanonicalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var direct Facts
		reader := thaw{rest: string(data)}
		if !reader.facts(&direct) || reader.rest != "" {
			t.Fatalf("left to encoding/json at %.60q of %s", reader.rest, data)
		}
		again, err := direct.CanonicalJSON()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(data), string(again)); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestReadFrozenAgreesWithEncodingJSON(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":             `{}`,
		"empty lists":         `{"documents":[],"services":[],"diagnosis":{"findings":[]}}`,
		"spaces":              `{ "pack" : "bg-omni", "documents": [ "receipt" ] }`,
		"escapes":             `{"pack":"bg\u002domni","unit":{"model":"a\"b\\c"}}`,
		"another version":     `{"pack":"bg-omni","horoscope":{"sign":"leo"},"unit":{"colour":"red"}}`,
		"null":                `{"documents":null,"unit":{"brand":null,"lock_active":null},"sale":{"price":null}}`,
		"a section twice":     `{"unit":{"brand":"lenovo"},"unit":{"model":"X1"}}`,
		"a list twice":        `{"documents":["receipt","invoice"],"documents":["warranty_card"]}`,
		"another letter case": `{"PACK":"bg-omni"}`,
		"not UTF-8":           "{\"pack\":\"bg\xff\"}",
		"amount by currency":  `{"sale":{"price":{"currency":"EUR","amount":"1.00"}}}`,
		"a fractional month":  `{"warranty":{"months":24.5}}`,
		"a signed month":      `{"warranty":{"months":-1}}`,
		"a leading zero":      `{"warranty":{"months":012}}`,
		"a long number":       `{"warranty":{"months":99999999999}}`,
		"a number for text":   `{"pack":7}`,
		"a wrong date":        `{"sale":{"date":"2026-02-29"}}`,
		"no date":             `{"sale":{"date":""}}`,
		"a wrong instant":     `{"at":"2026-02-28T10:00"}`,
		"a wrong sum":         `{"sale":{"price":{"amount":"1,00","currency":"EUR"}}}`,
		"an open text":        `{"pack":"bg-omni`,
		"an open map":         `{"pack":"bg-omni"`,
		"a comma too many":    `{"pack":"bg-omni",}`,
		"no comma":            `{"documents":["receipt""invoice"]}`,
		"text after it":       `{"pack":"bg-omni"}x`,
		"a control character": "{\"pack\":\"bg\nomni\"}",
		"a list":              `[]`,
		"no bytes":            ``,
	} {
		t.Run(name, func(t *testing.T) { sameAsEncodingJSON(t, text) })
	}
}

func sameAsEncodingJSON(t *testing.T, text string) {
	t.Helper()
	var want Facts
	wantErr := json.Unmarshal([]byte(text), &want)
	got, err := ReadFrozen([]byte(text))
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%q: got error %v, encoding/json gives %v", text, err, wantErr)
	}
	if err != nil {
		if !strings.HasPrefix(err.Error(), "read frozen facts: ") {
			t.Errorf("the error %q does not say what was read", err)
		}
		return
	}
	if diff := cmp.Diff(&want, got, cmp.Comparer(func(a, b calendar.Date) bool { return a == b })); diff != "" {
		t.Errorf("%q: ReadFrozen differs from encoding/json (-want +got):\n%s", text, diff)
	}
}

func FuzzReadFrozen(f *testing.F) {
	var full Facts
	filled(&testing.T{}, rand.New(rand.NewPCG(1, 1)), reflect.ValueOf(&full).Elem())
	data, err := full.CanonicalJSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(data))
	f.Add(`{"pack":"bg-omni","at":"2026-03-10T12:00:00+02:00","documents":[],"warranty":{"months":24}}`)
	f.Add(`{"services":[{"demanded":"2026-01-01","released":"2026-01-01T10:00:00Z"}]}`)
	f.Fuzz(sameAsEncodingJSON)
}
