package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// retailers are the packs whose cases the claims are made from.
var retailers = []string{"bg-omni", "ru-omsk", "ru-xiaomi"}

var bases = []policy.Basis{policy.Warranty, policy.Certificate, policy.Statute, policy.Paid}

// writer writes stored claims, a line each.
type writer struct{ out *bufio.Writer }

func (w *writer) write(claims int) error {
	lib, err := packs.Library()
	if err != nil {
		return fmt.Errorf("load packs: %w", err)
	}
	cases, err := casesOf(lib)
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(41, 41))
	j := newJudge()
	for i := range claims {
		f := vary(r, cases[r.IntN(len(cases))])
		p, err := lib.Program(f.Pack, f.Sale.Date)
		if err != nil {
			return err
		}
		verdicts, err := j.verdicts(f.Pack, p.Pack.Version, &f)
		if err != nil {
			return fmt.Errorf("claim %d: %w", i, err)
		}
		data, err := f.CanonicalJSON()
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w.out, "%s\t%s\t%s\t%s\n", f.Pack, p.Pack.Version, verdicts, data); err != nil {
			return fmt.Errorf("write claims: %w", err)
		}
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write claims: %w", err)
	}
	return nil
}

func casesOf(lib *policy.Library) ([]policy.Facts, error) {
	results, err := lib.RunCases(packs.Files, "")
	if err != nil {
		return nil, fmt.Errorf("read cases: %w", err)
	}
	var list []policy.Facts
	for _, r := range results {
		f := r.Case.Facts()
		for _, id := range retailers {
			if f.Pack == id {
				list = append(list, f)
			}
		}
	}
	return list, nil
}

// vary makes another claim of the kind.
func vary(r *rand.Rand, f policy.Facts) policy.Facts {
	days := r.IntN(300) - 100
	f.Sale.Date, f.Sale.Delivered = f.Sale.Date.AddDays(-days), f.Sale.Delivered.AddDays(-days)
	f.Unit.Serial = fmt.Sprintf("T%09d", r.IntN(1_000_000_000))
	if r.IntN(3) == 0 {
		f.Unit.Category = pick(r, policy.Words("categories"))
	}
	if r.IntN(2) == 0 {
		f.Diagnosis.Findings = []policy.Finding{{Code: pick(r, policy.Words("findings")), Part: pick(r, policy.Words("parts"))}}
	}
	return f
}

func pick(r *rand.Rand, words []string) string { return words[r.IntN(len(words))] }

// judge decides claims of every pack, for one goroutine.
type judge struct {
	deciders        map[string]*policy.Decider
	line            []byte
	decided, differ int
	err             error
}

func newJudge() *judge { return &judge{deciders: map[string]*policy.Decider{}} }

// part decides every claim of a stretch of the file.
func (j *judge) part(lines io.Reader) {
	in := bufio.NewReaderSize(lines, 64<<10)
	for j.err == nil {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return
		}
		if err != nil {
			j.err = fmt.Errorf("read claims: %w", err)
			return
		}
		j.err = j.again(bytes.TrimSuffix(line, []byte("\n")))
	}
}

// again decides a stored claim and compares.
func (j *judge) again(line []byte) error {
	pack, rest, _ := bytes.Cut(line, []byte("\t"))
	version, rest, _ := bytes.Cut(rest, []byte("\t"))
	stored, data, found := bytes.Cut(rest, []byte("\t"))
	if !found {
		return fmt.Errorf("a stored claim has four parts, found %.40q", line)
	}
	f, err := policy.ReadFrozen(data)
	if err != nil {
		return err
	}
	verdicts, err := j.verdicts(string(pack), string(version), f)
	if err != nil {
		return err
	}
	j.decided++
	if !bytes.Equal(verdicts, stored) {
		j.differ++
	}
	return nil
}

// verdicts are the answers on the bases, a comma after each. The bytes stand
// until the next call.
func (j *judge) verdicts(pack, version string, f *policy.Facts) ([]byte, error) {
	d := j.deciders[pack+" "+version]
	if d == nil {
		lib, err := packs.Library()
		if err != nil {
			return nil, fmt.Errorf("load packs: %w", err)
		}
		p, err := lib.Version(pack, version)
		if err != nil {
			return nil, err
		}
		d = p.NewDecider()
		j.deciders[pack+" "+version] = d
	}
	if err := d.Run(f); err != nil {
		return nil, err
	}
	j.line = j.line[:0]
	for _, b := range bases {
		j.line = append(append(j.line, d.Verdict(b)...), ',')
	}
	return j.line, nil
}
