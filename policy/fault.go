package policy

import (
	"fmt"
	"sort"
	"strings"
)

// Fault is one mistake in a pack, facts or case file: where it stands and
// what was expected.
type Fault struct {
	Pos     Pos
	Message string
}

// Error is "file:line:column: message".
func (f Fault) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", f.Pos.File, f.Pos.Line, f.Pos.Column, f.Message)
}

// Faults is every mistake found in a file, in the order of their places.
type Faults []Fault

// Error is one fault a line.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// maxFaults is how many faults of one file are worth reading.
const maxFaults = 100

func (fs *Faults) add(pos Pos, format string, args ...any) {
	if len(*fs) < maxFaults {
		*fs = append(*fs, Fault{Pos: pos, Message: fmt.Sprintf(format, args...)})
	}
}

// err returns the faults sorted by place, or nil when there is none.
func (fs Faults) err() error {
	if len(fs) == 0 {
		return nil
	}
	sort.SliceStable(fs, func(i, j int) bool {
		a, b := fs[i].Pos, fs[j].Pos
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Column < b.Column
	})
	return fs
}

// closest names the known word nearest to a misspelt one, or "".
func closest(word string, known []string) string {
	best, bestDistance := "", 3
	if len(word) > 8 {
		bestDistance = 4
	}
	for _, k := range known {
		if d := editDistance(word, k); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		previous := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := previous
			if a[i-1] != b[j-1] {
				cost++
			}
			previous = row[j]
			row[j] = min(row[j]+1, row[j-1]+1, cost)
		}
	}
	return row[len(b)]
}

// expected describes allowed words for a message, with the nearest one first.
func expected(word string, known []string) string {
	listed := strings.Join(quoteEmpty(known), ", ")
	if near := closest(word, known); near != "" {
		return fmt.Sprintf("did you mean %q? Expected one of: %s", near, listed)
	}
	return "expected one of: " + listed
}

func quoteEmpty(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		if w == "" {
			w = `""`
		}
		out[i] = w
	}
	return out
}
