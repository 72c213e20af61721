package main

import (
	"github.com/talon-care/talon/internal/app"
)

type decideCmd struct {
	Lang  string `help:"Language of the texts: ru, bg or en." placeholder:"LANG"`
	JSON  bool   `name:"json" help:"Print the decision as JSON (docs/decision.md)."`
	Facts string `arg:"" help:"Facts file, YAML or JSON; - for standard input."`
}

func (c *decideCmd) Run(s *streams) error {
	return app.Decide(s.in, s.out, c.Facts, c.Lang, c.JSON)
}

type dueCmd struct {
	Jurisdiction string `required:"" help:"RU or BG."`
	From         string `required:"" help:"Day of the event (2026-01-31), or an instant for hours."`
	Period       string `required:"" help:"ISO 8601 period: P12M, P2Y, P45D, PT48H."`
	Zone         string `help:"IANA time zone, such as Asia/Omsk." placeholder:"ZONE"`
	JSON         bool   `name:"json" help:"Print JSON."`
}

func (c *dueCmd) Run(s *streams) error {
	return app.Due(s.out, c.Jurisdiction, c.From, c.Period, c.Zone, c.JSON)
}

type stayCmd struct {
	Zone  string   `help:"IANA time zone of the shop, for instants." placeholder:"ZONE"`
	JSON  bool     `name:"json" help:"Print JSON."`
	Stays []string `arg:"" help:"Stays as FROM/TO: 2026-03-01/2026-03-20."`
}

func (c *stayCmd) Run(s *streams) error { return app.Stay(s.out, c.Zone, c.Stays, c.JSON) }

type policyCmd struct {
	Check    policyCheckCmd    `cmd:"" help:"Check packs: every mistake with file, line and column."`
	Test     policyTestCmd     `cmd:"" help:"Run the cases beside the packs."`
	Coverage policyCoverageCmd `cmd:"" help:"List rows without a clause and clauses without a case."`
}

type policyCheckCmd struct {
	Packs []string `arg:"" optional:"" help:"Pack files or folders; none = the shipped packs."`
}

func (c *policyCheckCmd) Run(s *streams) error { return app.PolicyCheck(s.out, c.Packs) }

type policyTestCmd struct {
	Dir     string `help:"Folder of packs; default: the shipped ones." placeholder:"DIR"`
	Verbose bool   `short:"v" help:"Name the cases that passed too."`
	Pack    string `arg:"" optional:"" help:"Only the cases of this pack."`
}

func (c *policyTestCmd) Run(s *streams) error {
	return app.PolicyTest(s.out, c.Dir, c.Pack, c.Verbose)
}

type policyCoverageCmd struct {
	Dir  string `help:"Folder of packs; default: the shipped ones." placeholder:"DIR"`
	JSON bool   `name:"json" help:"Print JSON."`

	System bool `help:"List each row of the requirements with the tests that walk it through the running system."`
}

func (c *policyCoverageCmd) Run(s *streams) error {
	if c.System {
		return app.SystemCoverage(s.out, c.JSON)
	}
	return app.PolicyCoverage(s.out, c.Dir, c.JSON)
}

type schemaCmd struct {
	Name string `arg:"" help:"facts, decision, pack or cases."`
}

func (c *schemaCmd) Run(s *streams) error { return app.Schema(s.out, c.Name) }

type versionCmd struct{}

func (c *versionCmd) Run(s *streams) error { return app.Version(s.out) }
