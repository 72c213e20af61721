package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/talon-care/talon/internal/api"
	"github.com/talon-care/talon/internal/care"
	"github.com/talon-care/talon/internal/carrier"
	"github.com/talon-care/talon/internal/desk"
	"github.com/talon-care/talon/internal/document"
	"github.com/talon-care/talon/internal/httpkit"
	"github.com/talon-care/talon/internal/i18n"
	"github.com/talon-care/talon/internal/ingest"
	"github.com/talon-care/talon/internal/jobs"
	"github.com/talon-care/talon/internal/storage"
	"github.com/talon-care/talon/internal/web"
	"github.com/talon-care/talon/policy"
)

// Config is what an operator sets, by flags or environment variables.
type Config struct {
	Database string   // URL of the database, see storage.Open
	Packs    string   // folder of packs; "" = the shipped ones
	Listen   string   // host:port
	Proxies  []string // networks of reverse proxies whose word about clients is believed
	Origins  []string // origins that a proxy rewrites, "https://shop.example"
	Migrate  bool     // bring the database up to date before serving
	JSONLogs bool
	Debug    bool
	Carriers Carriers // courier companies that the program tells itself
	// MeetingBase is the address below which video consultations have their
	// rooms, "https://meet.example"; "" = they are held by telephone.
	MeetingBase string
	Messages    Messages // how customers and programs are told
	Limits      Limits
}

// Limits are how often a minute one network address may use the pages that
// are for anybody; 0 = as the pages have it.
type Limits struct {
	Forms   int // sent
	Lookups int // pages read, and decisions asked for without storing
}

// UsualLimits are those of the pages.
func UsualLimits() Limits { return Limits{Forms: web.UsualPosts, Lookups: web.UsualReads} }

// system is a running installation: its database, packs and use cases.
type system struct {
	store *storage.Store
	packs *policy.Library
	words *i18n.Bundle
	desk  *desk.Desk
	now   func() time.Time

	carriers []*carrier.Webhook
}

// openSystem opens an installation.
func openSystem(ctx context.Context, cfg Config, now func() time.Time) (*system, error) {
	_, lib, err := packFiles(cfg.Packs)
	if err != nil {
		return nil, BadInput(fmt.Errorf("packs: %w", err))
	}
	words, err := i18n.New(i18n.Beside(lib.Lexicon()))
	if err != nil {
		return nil, err
	}
	if cfg.MeetingBase != "" && !care.WebLink(cfg.MeetingBase) {
		return nil, BadInput(fmt.Errorf("meeting base %q: expected an address such as https://meet.example", cfg.MeetingBase))
	}
	store, err := storage.Open(ctx, cfg.Database, storage.Options{})
	if err != nil {
		return nil, BadInput(err)
	}
	carriers, err := cfg.Carriers.open(now)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	papers, err := document.New(words)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	post, err := cfg.Messages.open(words, now)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	d, err := desk.New(desk.Config{Store: desk.StoreOf(store), Packs: lib, Hasher: desk.StrongArgon2id(), Now: now, Carriers: byID(carriers), Papers: papers,
		Meetings: cfg.MeetingBase, Post: post, Public: cfg.Messages.Public})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return &system{store: store, packs: lib, words: words, desk: d, now: now, carriers: carriers}, nil
}

func (s *system) close() error { return s.store.Close() }

// migrate brings the schema up to date and the retailers of the packs in.
func (s *system) migrate(ctx context.Context) (int, error) {
	applied, err := s.store.Migrate(ctx)
	if err != nil {
		return applied, err
	}
	return applied, s.desk.Install(ctx)
}

// handler joins the pages, the API and the probes of an operator.
func (s *system) handler(cfg Config, log *slog.Logger) (http.Handler, error) {
	proxies, err := httpkit.ParseProxies(cfg.Proxies)
	if err != nil {
		return nil, BadInput(err)
	}
	pages, err := web.New(web.Config{Desk: s.desk, Packs: s.packs, Words: s.words, Now: s.now, Log: log, Proxies: proxies, Origins: cfg.Origins,
		Coverage: sync.OnceValues(func() (*policy.Coverage, error) { return policyCoverage(cfg.Packs) }),
		Receipt:  ingest.ReceiptNumber, PostLimit: cfg.Limits.Forms, ReadLimit: cfg.Limits.Lookups})
	if err != nil {
		return nil, err
	}
	programs, err := api.New(api.Config{Desk: s.desk, Words: s.words, Now: s.now, Log: log, Proxies: proxies, Version: revision()})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", pages.Handler())
	mux.Handle("/api/", programs)
	mux.Handle("POST /hooks/carriers/{carrier}", s.carrierHooks(cfg, proxies, log))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := s.store.Ready(r.Context()); err != nil {
			log.Warn("not ready", "error", err)
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	return mux, nil
}

// serve answers until ctx ends, then lets the requests in hand finish.
func (s *system) serve(ctx context.Context, cfg Config, listener net.Listener, log *slog.Logger) error {
	handler, err := s.handler(cfg, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := httpkit.NewServer(handler)
	server.ErrorLog = slog.NewLogLogger(log.Handler(), slog.LevelWarn)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	runner, err := s.runner(log)
	if err != nil {
		return errors.Join(err, server.Close())
	}
	behind, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	defer background.Wait() // the jobs in hand finish before the database closes
	defer stop()
	background.Go(func() { runner.Run(behind) })
	background.Go(func() { s.sweepEvery(behind, sweepPeriod, log) })
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	const patience = 20 * time.Second
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := server.Shutdown(last); err != nil {
		return fmt.Errorf("stop serving: %w", err)
	}
	return nil
}

// sweepPeriod is how often the slow net goes under what is done when its time
// comes.
const sweepPeriod = time.Hour

// runner does what was put off: deadlines that warn and act.
func (s *system) runner(log *slog.Logger) (*jobs.Runner, error) {
	handlers := map[care.JobKind]jobs.Handler{}
	for kind, h := range s.desk.JobHandlers() {
		handlers[kind] = jobs.Handler(h)
	}
	return jobs.New(jobs.Config{Queue: s.desk, Handlers: handlers, Now: s.now, Log: log})
}

// sweepEvery drops sessions, repeated-write keys and old jobs, and looks for
// deadlines that no job has looked after.
func (s *system) sweepEvery(ctx context.Context, period time.Duration, log *slog.Logger) {
	tick := time.NewTicker(period)
	defer tick.Stop()
	for {
		if _, _, err := s.desk.Sweep(ctx); err != nil && ctx.Err() == nil {
			log.Error("sweep", "error", err)
		}
		if _, err := s.desk.Overdue(ctx); err != nil && ctx.Err() == nil {
			log.Error("look for deadlines without a job", "error", err)
		}
		if _, err := s.desk.Accrue(ctx); err != nil && ctx.Err() == nil {
			log.Error("count penalties", "error", err)
		}
		if _, err := s.desk.RefreshCertificates(ctx); err != nil && ctx.Err() == nil {
			log.Error("count certificates' terms", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Serve runs the pages and the API until ctx ends.
func Serve(ctx context.Context, cfg Config) error {
	log := newLog(cfg)
	s, err := openSystem(ctx, cfg, time.Now)
	if err != nil {
		return err
	}
	defer s.close()
	if cfg.Migrate {
		if _, err := s.migrate(ctx); err != nil {
			return err
		}
	} else if err := s.store.Ready(ctx); err != nil {
		return BadInput(fmt.Errorf("the database is not ready: %w", err))
	}
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return BadInput(fmt.Errorf("listen on %s: %w", cfg.Listen, err))
	}
	log.Info("serving", "address", "http://"+listener.Addr().String(), "revision", revision())
	return s.serve(ctx, cfg, listener, log)
}

// Migrate brings the database up to date.
func Migrate(ctx context.Context, cfg Config, out io.Writer) error {
	s, err := openSystem(ctx, cfg, time.Now)
	if err != nil {
		return err
	}
	defer s.close()
	applied, err := s.migrate(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d migrations applied; retailers: %s\n", applied, strings.Join(s.packs.Retailers(), ", "))
	return nil
}

func newLog(cfg Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	if cfg.Debug {
		options.Level = slog.LevelDebug
	}
	if cfg.JSONLogs {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

// revision is the commit that was built, as Go recorded it.
func revision() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unknown"
}
