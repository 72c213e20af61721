package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"text/tabwriter"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/desk/demo"
	"github.com/talon-care/talon/internal/ingest"
	"github.com/talon-care/talon/internal/ingest/sample"
)

// demoPassword signs in everywhere in a demo. It is no secret: a demo listens
// on this machine only unless told otherwise, and holds invented people.
const demoPassword = "talon-demo"

// DemoConfig is how a demo is run.
type DemoConfig struct {
	Listen string // host:port
	Fixed  bool   // the port was asked for: don't take another when it is taken
	Dir    string // folder that keeps the database; "" = a temporary one, removed at the end
	Debug  bool
	Once   bool // fill and stop, for tests and scripts
	Limits Limits
}

// Demo fills an installation with three retailers, their sample sales and
// claims in every state, tells the way in, and serves until ctx ends.
func Demo(ctx context.Context, cfg DemoConfig, out io.Writer) error {
	dir := cfg.Dir
	if dir == "" {
		temp, err := os.MkdirTemp("", "talon-demo-")
		if err != nil {
			return fmt.Errorf("make demo folder: %w", err)
		}
		defer os.RemoveAll(temp)
		dir = temp
	} else if err := os.MkdirAll(dir, 0o700); err != nil {
		return BadInput(fmt.Errorf("make demo folder: %w", err))
	}
	address := "http://" + cfg.Listen
	var listener net.Listener
	if !cfg.Once { // first of all: the messages of the demo link to where it is served
		var err error
		if listener, err = listenNear(cfg.Listen, cfg.Fixed); err != nil {
			return BadInput(err)
		}
		defer listener.Close()
		address = reachedAt(listener)
	}
	sys := Config{Database: "sqlite:" + filepath.Join(dir, "talon.db"), Debug: cfg.Debug, Limits: cfg.Limits, MeetingBase: "https://meet.example",
		Messages: Messages{Kept: true, Public: address}}
	s, err := openSystem(ctx, sys, time.Now)
	if err != nil {
		return err
	}
	defer s.close()
	guide, err := s.fillDemo(ctx, dir, out)
	if err != nil {
		return fmt.Errorf("fill demo: %w", err)
	}
	tell(out, guide, address)
	if cfg.Once {
		return nil
	}
	level := slog.LevelWarn
	if cfg.Debug {
		level = slog.LevelDebug
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	return s.serve(ctx, sys, listener, log)
}

// listenNear listens where it was asked to, or on a free port where that one
// was only the usual one and is taken.
func listenNear(address string, fixed bool) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) && !fixed {
		host, _, splitErr := net.SplitHostPort(address)
		if splitErr != nil {
			return nil, splitErr
		}
		listener, err = net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	return listener, nil
}

// reachedAt is an address at which a browser of this machine reaches what
// listens.
func reachedAt(listener net.Listener) string {
	if at, ok := listener.Addr().(*net.TCPAddr); ok && at.IP.IsUnspecified() {
		return fmt.Sprintf("http://localhost:%d", at.Port)
	}
	return "http://" + listener.Addr().String()
}

// guideFile keeps a demo's way in beside its database, for the next start.
const guideFile = "guide.json"

// fillDemo fills an empty database, or reads the guide of one that was filled
// before.
func (s *system) fillDemo(ctx context.Context, dir string, out io.Writer) (demo.Guide, error) {
	kept := filepath.Join(dir, guideFile)
	if b, err := os.ReadFile(kept); err == nil {
		var guide demo.Guide
		if err := json.Unmarshal(b, &guide); err != nil {
			return guide, fmt.Errorf("read %s: %w", kept, err)
		}
		_, err = s.migrate(ctx)
		return guide, err
	}
	if _, err := s.migrate(ctx); err != nil {
		return demo.Guide{}, err
	}
	if err := s.mustBeEmpty(ctx, dir); err != nil {
		return demo.Guide{}, err
	}
	for _, retailer := range s.packs.Retailers() {
		report, err := s.importSample(ctx, retailer)
		if err != nil {
			return demo.Guide{}, fmt.Errorf("sample sales of %s: %w", retailer, err)
		}
		fmt.Fprintf(out, "%-10s %5d sales\n", retailer, report.Added)
	}
	guide, err := demo.Fill(ctx, s.desk, demo.Options{Now: s.now(), Password: demoPassword})
	if err != nil {
		return guide, err
	}
	fmt.Fprintf(out, "%d claims and %d other requests\n", guide.Claims, guide.Requests)
	b, err := json.MarshalIndent(guide, "", "  ")
	if err != nil {
		return guide, err
	}
	return guide, os.WriteFile(kept, b, 0o600)
}

// mustBeEmpty refuses a folder with somebody's data, or with a demo that was
// broken off.
func (s *system) mustBeEmpty(ctx context.Context, dir string) error {
	for _, retailer := range s.packs.Retailers() {
		users, err := s.desk.Users(ctx, care.System(retailer))
		if err != nil {
			return err
		}
		if len(users) > 0 {
			return BadInput(fmt.Errorf("%s holds a database that is no finished demo: name an empty folder", dir))
		}
	}
	return nil
}

// importSample brings in the retailer's sample sales: the shipped file, or one
// of the same seed whose sales are as old today as those were on its day.
func (s *system) importSample(ctx context.Context, retailer string) (desk.ImportReport, error) {
	program, err := s.packs.Program(retailer, calendar.Date{})
	if err != nil {
		return desk.ImportReport{}, err
	}
	zone, err := time.LoadLocation(program.Pack.Zone)
	if err != nil {
		return desk.ImportReport{}, err
	}
	file, writer := io.Pipe()
	defer file.Close()
	go func() {
		writer.CloseWithError(sample.Write(writer, retailer, sample.Options{Until: calendar.DateOf(s.now(), zone)}))
	}()
	return s.desk.ImportSales(ctx, care.System(retailer), ingest.ReadSales(file, ingest.OptionsFor(program.Pack)), desk.ImportOptions{})
}

// tell prints the way in: who signs in where, and what to look at first.
func tell(out io.Writer, guide demo.Guide, address string) {
	fmt.Fprintf(out, "\nTalon demo    %s\nStaff         %s/staff/sign-in\nPassword      %s (of everybody below)\n\n", address, address, guide.Password)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, in := range guide.SignIns {
		fmt.Fprintf(table, "  %s\t%s\t%s\n", in.Email, in.Role, in.Retailer)
	}
	table.Flush()
	fmt.Fprintln(out, "\nClaims to open first")
	for _, c := range guide.Showcases {
		fmt.Fprintf(out, "\n  %s, %s: %s\n", c.Retailer, c.Claim, c.Title["en"])
		fmt.Fprintf(out, "    %s\n", c.Look["en"])
		fmt.Fprintf(out, "    customer  %s/track/%s\n    staff     %s/staff/claims/%s\n", address, c.Token, address, c.Claim)
	}
	fmt.Fprintln(out, "\nDevices to make a request with")
	fmt.Fprintln(out)
	for _, d := range guide.Devices {
		fmt.Fprintf(out, "  %s: %s, %s\n    %s\n    %s/r/%s/request\n", d.Retailer, d.Name, d.Identity, d.Look["en"], address, d.Retailer)
	}
	fmt.Fprintln(out, "\nKeys to the API")
	fmt.Fprintln(out)
	for _, k := range guide.Keys {
		fmt.Fprintf(out, "  %s: curl -H 'Authorization: Bearer %s' %s/api/v1/claims\n", k.Retailer, k.Secret, address)
	}
	fmt.Fprintln(out, "\nStop with Ctrl-C.")
}
