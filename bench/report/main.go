// Command report times the engine in one run and prints Markdown tables: a
// decision on each retailer's pack, and every way to judge the exclusions.
//
// What is printed is the processor time of this process, all threads together,
// so the garbage collector's work is counted and other programs on the machine
// are not. The ways take turns in short rounds, so that a change in the
// machine's speed meets all of them; each figure is the median of its turns.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime"
	"slices"
	"syscall"
	"time"

	"github.com/talon-care/talon/bench/exclusions"
	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

func main() {
	rounds := flag.Int("rounds", 40, "how often each way takes its turn")
	turn := flag.Duration("turn", 100*time.Millisecond, "how long a turn takes")
	flag.Parse()
	if err := run(*rounds, *turn); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
}

func run(rounds int, turn time.Duration) error {
	fmt.Printf("%s, %s/%s, %d processors\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	decisions, err := decisionWays()
	if err != nil {
		return err
	}
	if err := measure(decisions, rounds, turn); err != nil {
		return err
	}
	write("a decision", decisions, -1)
	judges, talon, err := exclusionWays()
	if err != nil {
		return err
	}
	if err := measure(judges, rounds, turn); err != nil {
		return err
	}
	clauses, err := exclusions.Clauses()
	if err != nil {
		return err
	}
	write(fmt.Sprintf("refusals of %d clauses", len(clauses)), judges, talon)
	return nil
}

// way is one thing that is timed: a pass over its sample of claims.
type way struct {
	what  string
	pass  func() error
	size  int             // claims in a pass
	turns []time.Duration // for each turn the time of one claim
	// Over all turns.
	claims, allocs, bytes uint64
}

// decisionWays decides the facts of every case of each retailer's pack.
func decisionWays() ([]*way, error) {
	lib, err := packs.Library()
	if err != nil {
		return nil, fmt.Errorf("load packs: %w", err)
	}
	results, err := lib.RunCases(packs.Files, "")
	if err != nil {
		return nil, fmt.Errorf("read cases: %w", err)
	}
	var ways []*way
	for _, id := range lib.Retailers() {
		p, err := lib.Program(id, calendar.Date{})
		if err != nil {
			return nil, err
		}
		var facts []policy.Facts
		for _, r := range results {
			if f := r.Case.Facts(); f.Pack == id {
				facts = append(facts, f)
			}
		}
		d := p.NewDecider()
		each := func(what string, decide func(*policy.Facts) error) {
			ways = append(ways, &way{what: id + ", " + what, size: len(facts), pass: func() error {
				for i := range facts {
					if err := decide(&facts[i]); err != nil {
						return err
					}
				}
				return nil
			}})
		}
		each("texts left out", d.Run)
		each("with its texts", func(f *policy.Facts) error {
			_, err := p.Decide(f, p.Pack.Languages[0])
			return err
		})
		each("with its texts, written as JSON", func(f *policy.Facts) error {
			decision, err := p.Decide(f, p.Pack.Languages[0])
			if err != nil {
				return err
			}
			_, err = json.Marshal(decision)
			return err
		})
	}
	return ways, nil
}

// exclusionWays are the contenders, and which of them is Talon.
func exclusionWays() (ways []*way, talon int, err error) {
	claims, err := exclusions.RandomClaims(41, 1024)
	if err != nil {
		return nil, 0, err
	}
	contenders, err := exclusions.Contenders(context.Background())
	if err != nil {
		return nil, 0, err
	}
	for i, x := range contenders {
		if x.Name == "Talon" {
			talon = i
		}
		ways = append(ways, &way{what: x.What, size: len(claims), pass: func() error {
			for _, c := range claims {
				if _, err := x.Timed(c); err != nil {
					return fmt.Errorf("%s: %w", x.Name, err)
				}
			}
			return nil
		}})
	}
	return ways, talon, nil
}

func measure(ways []*way, rounds int, length time.Duration) error {
	for _, w := range ways {
		if err := w.pass(); err != nil { // lists grow to the length they need
			return err
		}
	}
	for range rounds {
		for _, w := range ways {
			if err := w.turn(length); err != nil {
				return err
			}
		}
	}
	return nil
}

// turn makes whole passes until the turn is over. The garbage of the one
// before is collected first, outside the timing.
func (w *way) turn(length time.Duration) error {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start, err := used()
	if err != nil {
		return err
	}
	now, claims := start, 0
	for now-start < length {
		if err := w.pass(); err != nil {
			return err
		}
		claims += w.size
		if now, err = used(); err != nil {
			return err
		}
	}
	runtime.ReadMemStats(&after)
	w.turns = append(w.turns, (now-start)/time.Duration(claims))
	w.claims += uint64(claims)
	w.allocs += after.Mallocs - before.Mallocs
	w.bytes += after.TotalAlloc - before.TotalAlloc
	return nil
}

// used is the processor time of this process.
func used() (time.Duration, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, fmt.Errorf("read the processor time: %w", err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}

// median is the time of one claim in the middle turn.
func (w *way) median() float64 {
	slices.Sort(w.turns)
	return float64(w.turns[len(w.turns)/2].Nanoseconds())
}

// write prints a table; the way at base, if there is one, is what the others
// are compared with.
func write(title string, ways []*way, base int) {
	compared, line := "", ""
	if base >= 0 {
		compared, line = " against Talon |", "--:|"
	}
	fmt.Printf("\n| %s | µs a claim |%s bytes | allocations |\n|---|--:|%s--:|--:|\n", title, compared, line)
	for _, w := range ways {
		if base >= 0 {
			compared = fmt.Sprintf(" %.2f |", w.median()/ways[base].median())
		}
		fmt.Printf("| %s | %.2f |%s %.0f | %.1f |\n", w.what, w.median()/1000, compared,
			float64(w.bytes)/float64(w.claims), float64(w.allocs)/float64(w.claims))
	}
}
