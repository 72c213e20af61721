package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// ErrBadInput marks an error that is the caller's: the command line exits
// with 2.
var ErrBadInput = errors.New("bad input")

// ErrRefused marks work that was done and came out negative: the command line
// exits with 1.
var ErrRefused = errors.New("refused")

// badInput makes an error one that exits with 2; its text is the error's own.
type badInput struct{ error }

func (b badInput) Is(target error) bool { return target == ErrBadInput }
func (b badInput) Unwrap() error        { return b.error }

// BadInput marks err as the caller's fault.
func BadInput(err error) error {
	if err == nil {
		return nil
	}
	return badInput{err}
}

// Decide reads a facts file ("-" for standard input) and writes the decision:
// sentences for a customer, or JSON.
func Decide(stdin io.Reader, stdout io.Writer, file, lang string, asJSON bool) error {
	data, name, err := readInput(stdin, file)
	if err != nil {
		return BadInput(err)
	}
	facts, err := policy.ParseFacts(name, data)
	if err != nil {
		return BadInput(err)
	}
	program, err := findProgram(facts, filepath.Dir(file))
	if err != nil {
		return BadInput(placed(err, name, data))
	}
	if lang != "" && !slices.Contains(program.Pack.Languages, lang) {
		return BadInput(fmt.Errorf("the pack %s has no language %q; it has: %s", program.Pack.ID, lang, strings.Join(program.Pack.Languages, ", ")))
	}
	decision, err := program.Decide(facts, lang)
	if err != nil {
		return BadInput(err)
	}
	if !asJSON {
		return writeDecision(stdout, program, facts, &decision)
	}
	return writeJSON(stdout, decision)
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func readInput(stdin io.Reader, file string) ([]byte, string, error) {
	if file == "-" {
		data, err := io.ReadAll(io.LimitReader(stdin, 8<<20))
		return data, "standard input", err
	}
	data, err := os.ReadFile(file)
	return data, file, err
}

// placed gives a pack that could not be found the place of the fact that names
// it; mistakes inside of a pack have places of their own.
func placed(err error, file string, data []byte) error {
	var faults policy.Faults
	if errors.As(err, &faults) {
		return err
	}
	return policy.Fault{Pos: policy.PlaceOf(file, data, "pack"), Message: fmt.Sprintf("pack: %v", err)}
}

// findProgram finds the pack that facts name: one of the shipped ones, or a
// file, looked for from the working folder and beside the facts.
func findProgram(f *policy.Facts, beside string) (*policy.Program, error) {
	lib, err := packs.Library()
	if err != nil {
		return nil, fmt.Errorf("shipped packs: %w", err)
	}
	if !policy.IsPath(f.Pack) {
		return lib.Program(f.Pack, f.Sale.Date)
	}
	pack, err := readPack(f.Pack, beside)
	if err != nil {
		return nil, err
	}
	return lib.Compile(pack)
}

func readPack(file, beside string) (*policy.Pack, error) {
	info, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) && !filepath.IsAbs(file) {
		file = filepath.Join(beside, file)
		info, err = os.Stat(file)
	}
	if err != nil {
		return nil, fmt.Errorf("read pack: %w", err)
	}
	if info.IsDir() {
		file = filepath.Join(file, "policy.yaml")
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read pack: %w", err)
	}
	return policy.ParsePack(file, data)
}
