package packs_test

import (
	"encoding/json"
	"sync/atomic"
	"testing"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// retailers are the packs that decisions are timed with.
var retailers = []string{"bg-omni", "ru-omsk", "ru-xiaomi"}

// stored is a claim as it lies in a database: the frozen version and facts.
type stored struct {
	pack, version string
	facts         []byte
}

// sample gives the facts of every case of a pack.
func sample(b *testing.B, lib *policy.Library, pack string) []policy.Facts {
	b.Helper()
	results, err := lib.RunCases(packs.Files, "")
	if err != nil {
		b.Fatal(err)
	}
	var list []policy.Facts
	for _, r := range results {
		if f := r.Case.Facts(); f.Pack == pack {
			list = append(list, f)
		}
	}
	if len(list) < 20 {
		b.Fatalf("%s has only %d cases", pack, len(list))
	}
	return list
}

func program(b *testing.B, lib *policy.Library, pack string) *policy.Program {
	b.Helper()
	p, err := lib.Program(pack, calendar.Date{})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

// BenchmarkDecide times a decision on every basis over the facts of a pack's
// cases in turn: /answer leaves the texts out, /texts puts the answer into
// words, /json writes them too.
func BenchmarkDecide(b *testing.B) {
	lib, err := packs.Library()
	if err != nil {
		b.Fatal(err)
	}
	for _, pack := range retailers {
		facts, p := sample(b, lib, pack), program(b, lib, pack)
		each := func(b *testing.B, decide func(*policy.Facts) error) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if err := decide(&facts[i]); err != nil {
					b.Fatal(err)
				}
				if i++; i == len(facts) {
					i = 0
				}
			}
		}
		b.Run(pack+"/answer", func(b *testing.B) { each(b, p.NewDecider().Run) })
		b.Run(pack+"/texts", func(b *testing.B) {
			each(b, func(f *policy.Facts) error {
				_, err := p.Decide(f, "bg")
				return err
			})
		})
		b.Run(pack+"/json", func(b *testing.B) {
			each(b, func(f *policy.Facts) error {
				d, err := p.Decide(f, "bg")
				if err != nil {
					return err
				}
				_, err = json.Marshal(d)
				return err
			})
		})
	}
}

// frozen freezes the facts of every case of the three retailers.
func frozen(b *testing.B, lib *policy.Library) []stored {
	b.Helper()
	var list []stored
	for _, pack := range retailers {
		version := program(b, lib, pack).Pack.Version
		for _, f := range sample(b, lib, pack) {
			data, err := f.CanonicalJSON()
			if err != nil {
				b.Fatal(err)
			}
			list = append(list, stored{pack, version, data})
		}
	}
	return list
}

// BenchmarkReadFacts reads stored facts, as the engine does and as
// encoding/json would.
func BenchmarkReadFacts(b *testing.B) {
	lib, err := packs.Library()
	if err != nil {
		b.Fatal(err)
	}
	claims := frozen(b, lib)
	for name, read := range map[string]func([]byte) error{
		"ReadFrozen":    func(data []byte) error { _, err := policy.ReadFrozen(data); return err },
		"encoding-json": func(data []byte) error { return json.Unmarshal(data, new(policy.Facts)) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				if err := read(claims[i].facts); err != nil {
					b.Fatal(err)
				}
				if i++; i == len(claims) {
					i = 0
				}
			}
		})
	}
}

// BenchmarkRedecide decides stored claims again on all processors, as after a
// change of the engine: /read only reads the frozen facts, /answer decides
// them on every basis, /json writes the whole decision again, ready to be
// compared with the stored bytes.
func BenchmarkRedecide(b *testing.B) {
	lib, err := packs.Library()
	if err != nil {
		b.Fatal(err)
	}
	claims := frozen(b, lib)
	for _, way := range []struct {
		name string
		do   func(*policy.Decider, *policy.Facts) error
	}{
		{"read", func(*policy.Decider, *policy.Facts) error { return nil }},
		{"answer", (*policy.Decider).Run},
		{"json", func(d *policy.Decider, f *policy.Facts) error {
			if err := d.Run(f); err != nil {
				return err
			}
			_, err := json.Marshal(d.Decision("bg"))
			return err
		}},
	} {
		b.Run(way.name, func(b *testing.B) { redecide(b, lib, claims, way.do) })
	}
}

func redecide(b *testing.B, lib *policy.Library, claims []stored, do func(*policy.Decider, *policy.Facts) error) {
	b.ReportAllocs()
	var next atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		deciders := map[string]*policy.Decider{}
		for pb.Next() {
			c := &claims[int(next.Add(1))%len(claims)]
			key := c.pack + " " + c.version
			if deciders[key] == nil {
				p, err := lib.Version(c.pack, c.version)
				if err != nil {
					b.Error(err)
					return
				}
				deciders[key] = p.NewDecider()
			}
			f, err := policy.ReadFrozen(c.facts)
			if err != nil {
				b.Error(err)
				return
			}
			if err := do(deciders[key], f); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "claims/s")
}
