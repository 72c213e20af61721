package policy

import (
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"slices"
)

// CaseResult is one case that was run.
type CaseResult struct {
	Case       *Case
	Pack       string
	Mismatches []string
}

// RunCases runs every case beside the packs below a folder
// (*/cases/*.yaml), or of one pack when only is not empty.
func (lib *Library) RunCases(files fs.FS, only string) ([]CaseResult, error) {
	cases, err := ReadCases(files, only)
	var faults Faults
	if !faults.collect(err) && len(cases) == 0 {
		return nil, err
	}
	results, err := lib.Run(files, cases)
	faults.collect(err)
	return results, faults.err()
}

// ReadCases reads the cases beside the packs below a folder, or of one pack.
// The error is Faults; the cases of files without any are given all the same.
func ReadCases(files fs.FS, only string) ([]*Case, error) {
	names, err := fs.Glob(files, "*/cases/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("find cases: %w", err)
	}
	var list []*Case
	var faults Faults
	for _, name := range names {
		id := path.Dir(path.Dir(name))
		if only != "" && only != id {
			continue
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read cases: %w", err)
		}
		cases, err := ParseCases(name, data)
		if !faults.collect(err) {
			continue
		}
		for _, c := range cases {
			c.pack = id
		}
		list = append(list, cases...)
	}
	return list, faults.err()
}

// Run runs cases that were read before; files are the folder that a case's
// path to a pack starts from.
func (lib *Library) Run(files fs.FS, cases []*Case) ([]CaseResult, error) {
	var results []CaseResult
	var faults Faults
	byPath := map[string]*Program{}
	for _, c := range cases {
		p, err := byPath[c.facts.Pack], error(nil)
		if p == nil {
			p, err = lib.programFor(files, c.facts)
		}
		if err != nil {
			faults.add(c.Pos, "case %q: %v", c.Name, err)
			continue
		}
		if IsPath(c.facts.Pack) {
			byPath[c.facts.Pack] = p
		}
		results = append(results, CaseResult{c, c.pack, c.Run(p)})
	}
	return results, faults.err()
}

// programFor finds the program of a case: by id, or by a path below the
// folder of the packs.
func (lib *Library) programFor(files fs.FS, f *Facts) (*Program, error) {
	if !IsPath(f.Pack) {
		return lib.Program(f.Pack, f.Sale.Date)
	}
	data, err := fs.ReadFile(files, path.Clean(f.Pack))
	if err != nil {
		return nil, fmt.Errorf("read pack: %w", err)
	}
	pack, err := ParsePack(f.Pack, data)
	if err != nil {
		return nil, err
	}
	return lib.Compile(pack)
}

// Row is a row of the requirements or of the law that some pack must hold.
type Row struct {
	Pos  Pos    `json:"-"`
	ID   string `json:"id" required:"true" doc:"row, such as B13 or RU-20.3"`
	Pack string `json:"pack" required:"true" doc:"the pack that holds it"`
	Text string `json:"text" required:"true" doc:"the rule in a line"`
}

// ParseRows reads the list of rows. The error is Faults.
func ParseRows(file string, data []byte) ([]Row, error) {
	root, err := parseDocument(file, data)
	if err != nil {
		return nil, err
	}
	d := &decoder{file: file}
	var list struct {
		Rows []Row `json:"rows" required:"true"`
	}
	d.decode(root, reflect.ValueOf(&list).Elem(), "rows file", "")
	return list.Rows, d.faults.err()
}

// Coverage says which rows lack a clause, and which clauses lack a case.
type Coverage struct {
	Rows        []RowCoverage `json:"rows"`
	EmptyRows   []string      `json:"empty_rows"`
	Unbitten    []string      `json:"clauses_without_a_biting_case"`
	Unspared    []string      `json:"clauses_without_a_sparing_case"`
	UnknownRows []string      `json:"clauses_of_no_row"`
	Clauses     int           `json:"clauses"`
	Cases       int           `json:"cases"`
	// Failed are the cases whose decision is not the one they expect.
	Failed []string `json:"failed_cases"`
	// Tried says how often each clause is tried, in the order of the packs.
	Tried []ClauseTried `json:"tried"`
}

// ClauseTried counts the cases of one clause.
type ClauseTried struct {
	Pack   string `json:"pack"`
	Clause string `json:"clause"`
	Bites  int    `json:"bites"`  // cases in which it decides
	Spares int    `json:"spares"` // cases in which it nearly does
}

// RowCoverage is one row with its clauses.
type RowCoverage struct {
	Row
	Clauses []string `json:"clauses"`
}

// Complete reports whether nothing is missing.
func (c *Coverage) Complete() bool {
	return len(c.EmptyRows)+len(c.Unbitten)+len(c.Unspared)+len(c.UnknownRows)+len(c.Failed) == 0
}

// CoverFiles runs the cases beside the packs and compares them with the rows of
// requirements.yaml there.
func (lib *Library) CoverFiles(files fs.FS) (*Coverage, error) {
	data, err := fs.ReadFile(files, "requirements.yaml")
	if err != nil {
		return nil, fmt.Errorf("read rows: %w", err)
	}
	rows, err := ParseRows("requirements.yaml", data)
	if err != nil {
		return nil, err
	}
	results, err := lib.RunCases(files, "")
	if err != nil {
		return nil, err
	}
	return lib.Cover(rows, results), nil
}

// Cover compares rows, clauses and cases.
func (lib *Library) Cover(rows []Row, results []CaseResult) *Coverage {
	out := &Coverage{Cases: len(results), EmptyRows: []string{}, Unbitten: []string{}, Unspared: []string{}, UnknownRows: []string{},
		Failed: []string{}, Tried: []ClauseTried{}}
	bites, spares := map[string]int{}, map[string]int{}
	for _, r := range results {
		for _, id := range r.Case.Bites {
			bites[id]++
		}
		for _, id := range r.Case.Spares {
			spares[id]++
		}
		if len(r.Mismatches) > 0 {
			out.Failed = append(out.Failed, r.Pack+": "+r.Case.Name)
		}
	}
	byRow := map[string][]string{}
	for _, p := range lib.packs {
		for _, c := range p.Clauses() {
			out.Clauses++
			byRow[p.ID+" "+c.Requirement] = append(byRow[p.ID+" "+c.Requirement], c.ID)
			name := p.ID + "/" + c.ID
			out.Tried = append(out.Tried, ClauseTried{p.ID, c.ID, bites[c.ID], spares[c.ID]})
			if bites[c.ID] == 0 {
				out.Unbitten = append(out.Unbitten, name)
			}
			if spares[c.ID] == 0 {
				out.Unspared = append(out.Unspared, name)
			}
			if !slices.ContainsFunc(rows, func(r Row) bool { return r.ID == c.Requirement }) {
				out.UnknownRows = append(out.UnknownRows, name+" ("+c.Requirement+")")
			}
		}
	}
	for _, row := range rows {
		clauses := byRow[row.Pack+" "+row.ID]
		out.Rows = append(out.Rows, RowCoverage{row, append([]string{}, clauses...)})
		if len(clauses) == 0 {
			out.EmptyRows = append(out.EmptyRows, row.ID+" ("+row.Pack+")")
		}
	}
	return out
}
