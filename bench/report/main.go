// Command report times every way to judge the exclusions in one run and prints
// the ratios as a Markdown table.
//
// What is printed is the processor time of this process, all threads together,
// so the garbage collector's work is counted and other programs on the machine
// are not. The ways take turns in short rounds, so that a change in the
// machine's speed meets all of them.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	"github.com/talon-care/talon/bench/exclusions"
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

// timing is what one way has used so far.
type timing struct {
	judged int
	used   time.Duration
	allocs uint64
	bytes  uint64
}

func run(rounds int, turn time.Duration) error {
	claims, err := exclusions.RandomClaims(41, 1024)
	if err != nil {
		return err
	}
	ways, err := exclusions.Contenders(context.Background())
	if err != nil {
		return err
	}
	timings := make([]timing, len(ways))
	for range rounds {
		for i := range ways {
			if err := timings[i].turn(&ways[i], claims, turn); err != nil {
				return err
			}
		}
	}
	write(ways, timings)
	return nil
}

// turn judges whole passes over the claims until the turn is over. The garbage
// of the one before is collected first, outside the timing.
func (t *timing) turn(way *exclusions.Contender, claims []*exclusions.Claim, length time.Duration) error {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start, err := used()
	if err != nil {
		return err
	}
	now := start
	for now-start < length {
		for _, c := range claims {
			if _, err := way.Timed(c); err != nil {
				return fmt.Errorf("%s: %w", way.Name, err)
			}
		}
		t.judged += len(claims)
		if now, err = used(); err != nil {
			return err
		}
	}
	runtime.ReadMemStats(&after)
	t.used += now - start
	t.allocs += after.Mallocs - before.Mallocs
	t.bytes += after.TotalAlloc - before.TotalAlloc
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

func write(ways []exclusions.Contender, timings []timing) {
	var talon float64
	each := make([]float64, len(ways))
	for i, t := range timings {
		each[i] = float64(t.used) / float64(t.judged)
		if ways[i].Name == "Talon" {
			talon = each[i]
		}
	}
	fmt.Printf("%s, %s/%s, %d processors\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	fmt.Println("| way | µs a claim | against Talon | bytes | allocations |")
	fmt.Println("|---|--:|--:|--:|--:|")
	for i, t := range timings {
		n := float64(t.judged)
		fmt.Printf("| %s | %.2f | %.2f | %.0f | %.1f |\n", ways[i].What, each[i]/1000, each[i]/talon, float64(t.bytes)/n, float64(t.allocs)/n)
	}
}
