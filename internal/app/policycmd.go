package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// PolicyCheck checks pack files, or every shipped pack when none is named.
func PolicyCheck(stdout io.Writer, files []string) error {
	lib, err := packs.Library()
	if len(files) == 0 {
		if err != nil {
			return BadInput(err)
		}
		for _, p := range lib.Packs() {
			fmt.Fprintf(stdout, "%-14s %-12s %3d clauses  ok\n", p.ID, p.Version, len(p.Clauses()))
		}
		return nil
	}
	var faults []error
	for _, file := range files {
		pack, err := readPack(file, ".")
		if err == nil {
			err = checkOne(lib, pack)
		}
		if err != nil {
			faults = append(faults, err)
			continue
		}
		fmt.Fprintf(stdout, "%-14s %-12s %3d clauses  ok\n", pack.ID, pack.Version, len(pack.Clauses()))
	}
	return BadInput(errors.Join(faults...))
}

// checkOne compiles a pack with what stands beside it. A statute or a maker's
// pack is compiled by itself, in the place of a retailer's.
func checkOne(lib *policy.Library, pack *policy.Pack) error {
	if lib == nil {
		return errors.New("the shipped packs do not compile: run `talon policy check` for them first")
	}
	if pack.Kind == policy.RetailerPack {
		_, err := lib.Compile(pack)
		return err
	}
	return lib.CheckBeside(pack)
}

// packFiles is the shipped packs, or a folder laid out like them.
func packFiles(folder string) (fs.FS, *policy.Library, error) {
	if folder == "" {
		lib, err := packs.Library()
		return packs.Files, lib, err
	}
	if _, err := os.Stat(filepath.Join(folder, "words.yaml")); err != nil {
		return nil, nil, fmt.Errorf("%s is not a folder of packs: it has no words.yaml", folder)
	}
	files := os.DirFS(folder)
	lib, err := policy.Load(files)
	return files, lib, err
}

// PolicyTest runs the cases beside the packs.
func PolicyTest(stdout io.Writer, folder, only string, verbose bool) error {
	files, lib, err := packFiles(folder)
	if err != nil {
		return BadInput(err)
	}
	results, err := lib.RunCases(files, only)
	if err != nil {
		return BadInput(err)
	}
	failed := 0
	for _, r := range results {
		if len(r.Mismatches) == 0 {
			if verbose {
				fmt.Fprintf(stdout, "ok    %s: %s\n", r.Pack, r.Case.Name)
			}
			continue
		}
		failed++
		fmt.Fprintf(stdout, "FAIL  %s:%d: %s\n", r.Case.Pos.File, r.Case.Pos.Line, r.Case.Name)
		for _, m := range r.Mismatches {
			fmt.Fprintf(stdout, "      %s\n", m)
		}
	}
	fmt.Fprintf(stdout, "%d cases, %d failed\n", len(results), failed)
	if failed > 0 || len(results) == 0 {
		return fmt.Errorf("%w: %d of %d cases failed", ErrRefused, failed, len(results))
	}
	return nil
}

func policyCoverage(folder string) (*policy.Coverage, error) {
	files, lib, err := packFiles(folder)
	if err != nil {
		return nil, err
	}
	return lib.CoverFiles(files)
}

// PolicyCoverage says which rows have no clause and which clauses no case.
func PolicyCoverage(stdout io.Writer, folder string, asJSON bool) error {
	coverage, err := policyCoverage(folder)
	if err != nil {
		return BadInput(err)
	}
	if asJSON {
		if err := writeJSON(stdout, coverage); err != nil {
			return err
		}
	} else {
		writeCoverage(stdout, coverage)
	}
	if !coverage.Complete() {
		return fmt.Errorf("%w: the coverage has gaps", ErrRefused)
	}
	return nil
}

func writeCoverage(w io.Writer, c *policy.Coverage) {
	for _, row := range c.Rows {
		fmt.Fprintf(w, "%-16s %-11s %3d clauses  %s\n", row.ID, row.Pack, len(row.Clauses), row.Text)
	}
	for _, gap := range []struct {
		what string
		list []string
	}{{"rows without a clause", c.EmptyRows}, {"clauses without a case in which they bite", c.Unbitten},
		{"clauses without a case in which they do not bite", c.Unspared}, {"clauses of no known row", c.UnknownRows}, {"cases that fail", c.Failed}} {
		fmt.Fprintf(w, "%s: %d\n", gap.what, len(gap.list))
		for _, name := range gap.list {
			fmt.Fprintf(w, "  %s\n", name)
		}
	}
	fmt.Fprintf(w, "%d rows, %d clauses, %d cases\n", len(c.Rows), c.Clauses, c.Cases)
}
