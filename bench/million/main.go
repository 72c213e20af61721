// Command million decides a million stored claims again and says how long it
// took: the run after a change of the engine that asks whether any stored
// answer would now be another.
//
// It first writes the claims to a file, as a database would hold them: the
// pack, its version, the verdict on each basis and the frozen facts as JSON.
// The claims are the cases of the three retailers' packs with dates, findings,
// categories and numbers drawn at random from a fixed seed. Then it reads the
// file on every processor, decides each claim on all its bases and compares
// the verdicts. Only the second half is timed.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
)

func main() {
	claims := flag.Int("claims", 1_000_000, "how many claims")
	dir := flag.String("dir", os.TempDir(), "where the file of claims is written; about 800 MB for a million")
	times := flag.Int("times", 3, "how often they are decided again")
	flag.Parse()
	if err := run(*claims, *times, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "million:", err)
		os.Exit(1)
	}
}

func run(claims, times int, dir string) (err error) {
	// The garbage of a claim is small beside the packs; collecting it less
	// often than by default saves a quarter of the time for a few megabytes.
	debug.SetGCPercent(400)
	file, err := os.CreateTemp(dir, "talon-claims-*.tsv")
	if err != nil {
		return fmt.Errorf("make the file of claims: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	w := &writer{out: bufio.NewWriterSize(file, 1<<20)}
	if err := w.write(claims); err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("measure the file: %w", err)
	}
	fmt.Printf("%s, %s/%s, %d processors; %d claims, %d MB in %s\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(),
		claims, size>>20, filepath.Base(file.Name()))
	fmt.Println("| run | seconds | claims a second | processor seconds | µs of one processor a claim | verdicts that differ |")
	fmt.Println("|--:|--:|--:|--:|--:|--:|")
	for i := range times {
		if err := timed(i+1, file, size, claims); err != nil {
			return err
		}
	}
	return nil
}

func timed(number int, file *os.File, size int64, claims int) error {
	runtime.GC()
	cpu, err := used()
	if err != nil {
		return err
	}
	start := time.Now()
	decided, differ, err := redecide(file, size)
	if err != nil {
		return err
	}
	wall := time.Since(start)
	after, err := used()
	if err != nil {
		return err
	}
	if decided != claims {
		return fmt.Errorf("%d claims were written, %d decided", claims, decided)
	}
	cpu = after - cpu
	fmt.Printf("| %d | %.1f | %.0f | %.1f | %.1f | %d |\n", number, wall.Seconds(), float64(claims)/wall.Seconds(), cpu.Seconds(),
		float64(cpu.Microseconds())/float64(claims), differ)
	return nil
}

// used is the processor time of this process, the garbage collector's too.
func used() (time.Duration, error) {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0, fmt.Errorf("read the processor time: %w", err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()), nil
}

// part is a stretch of the file that starts and ends with a whole line.
type part struct{ from, to int64 }

// redecide shares the file among the processors.
func redecide(file io.ReaderAt, size int64) (decided, differ int, err error) {
	parts, err := split(file, size, 16*runtime.NumCPU())
	if err != nil {
		return 0, 0, err
	}
	work := make(chan part)
	var lock sync.Mutex
	var group sync.WaitGroup
	for range runtime.NumCPU() {
		group.Go(func() {
			j := newJudge()
			for p := range work {
				j.part(io.NewSectionReader(file, p.from, p.to-p.from))
			}
			lock.Lock()
			defer lock.Unlock()
			decided, differ, err = decided+j.decided, differ+j.differ, errors.Join(err, j.err)
		})
	}
	for _, p := range parts {
		work <- p
	}
	close(work)
	group.Wait()
	return decided, differ, err
}

// split cuts the file at ends of lines.
func split(file io.ReaderAt, size int64, n int) ([]part, error) {
	var parts []part
	line := make([]byte, 64<<10)
	for from := int64(0); from < size; {
		to := min(from+size/int64(n)+1, size)
		if to < size {
			read, err := file.ReadAt(line, to)
			if err != nil && !errors.Is(err, io.EOF) {
				return nil, fmt.Errorf("read claims: %w", err)
			}
			end := bytes.IndexByte(line[:read], '\n')
			if end < 0 {
				return nil, fmt.Errorf("read claims: no line ends in the %d bytes from %d", read, to)
			}
			to += int64(end) + 1
		}
		parts = append(parts, part{from, to})
		from = to
	}
	return parts, nil
}
