// Command talon runs a retailer's warranty and after-sales service, and
// answers on the command line what its packs decide.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/alecthomas/kong"

	"github.com/talon-care/talon/internal/app"
)

// cli is the whole command line. Exit codes: 0 done, 1 refused (a check, a
// test or an import came out negative), 2 bad input.
type cli struct {
	Demo    demoCmd    `cmd:"" help:"Run a demo: three retailers, sample sales and claims in every state."`
	Serve   serveCmd   `cmd:"" help:"Serve the pages and the API."`
	Migrate migrateCmd `cmd:"" help:"Bring the database up to date and install the packs' retailers."`
	Import  importCmd  `cmd:"" help:"Bring data in."`
	Export  exportCmd  `cmd:"" help:"Write data out."`
	Sample  sampleCmd  `cmd:"" help:"Write sample data."`
	User    userCmd    `cmd:"" help:"Manage staff."`
	Decide  decideCmd  `cmd:"" help:"Decide a claim from a facts file, on every basis side by side."`
	Due     dueCmd     `cmd:"" help:"Count a legal deadline."`
	Stay    stayCmd    `cmd:"" help:"Count days in service: both ends, overlaps once."`
	Policy  policyCmd  `cmd:"" help:"Check, test and cover policy packs."`
	Schema  schemaCmd  `cmd:"" help:"Print a JSON Schema: facts, decision, pack or cases."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// streams are the program's input and output, so that commands can be tested.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

func main() { os.Exit(run(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr})) }

// run parses and runs one command and gives the exit code.
func run(args []string, s streams) int {
	exit := -1
	usual := app.UsualLimits()
	parser, err := kong.New(&cli{}, kong.Name("talon"), kong.UsageOnError(), kong.Writers(s.out, s.err),
		kong.Vars{"usual_forms": strconv.Itoa(usual.Forms), "usual_lookups": strconv.Itoa(usual.Lookups)},
		kong.Exit(func(code int) { exit = code }),
		kong.Description("Warranty and after-sales service for electronics retailers.\n\nExit codes: 0 done, 1 refused, 2 bad input."))
	if err != nil {
		fmt.Fprintln(s.err, "talon:", err)
		return 2
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	ctx, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintln(s.err, "talon:", err)
		return 2
	}
	return code(ctx.Run(&s), s.err)
}

func code(err error, stderr io.Writer) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, app.ErrBadInput):
		fmt.Fprintln(stderr, err)
		return 2
	default:
		fmt.Fprintln(stderr, "talon:", err)
		return 1
	}
}
