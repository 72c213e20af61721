package main

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/talon-care/talon/internal/app"
)

// databaseFlags say which installation a command works on.
type databaseFlags struct {
	Database string `env:"TALON_DATABASE_URL" default:"sqlite:talon.db" help:"sqlite:FILE or postgres://…"`
	Packs    string `env:"TALON_PACKS" help:"Folder of packs; default: the shipped ones." placeholder:"DIR"`
}

func (f databaseFlags) config() app.Config { return app.Config{Database: f.Database, Packs: f.Packs} }

// untilStopped is a context that ends when the program is asked to stop.
func untilStopped() (context.Context, context.CancelFunc) {
	return signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
}

// limitFlags are how much one network address may ask of pages that anybody
// may use. A whole shop, or a town on mobile phones, may stand behind one.
type limitFlags struct {
	FormsPerMinute   int `env:"TALON_FORMS_PER_MINUTE" default:"${usual_forms}" help:"Forms that one network address may send a minute to pages anybody may use."`
	LookupsPerMinute int `env:"TALON_LOOKUPS_PER_MINUTE" default:"${usual_lookups}" help:"Such pages that one network address may read a minute."`
}

// Validate is called by the parser.
func (f limitFlags) Validate() error {
	if f.FormsPerMinute < 1 || f.LookupsPerMinute < 1 {
		return errors.New("--forms-per-minute and --lookups-per-minute must be 1 or more")
	}
	return nil
}

func (f limitFlags) limits() app.Limits {
	return app.Limits{Forms: f.FormsPerMinute, Lookups: f.LookupsPerMinute}
}

type serveCmd struct {
	databaseFlags
	Listen  string   `env:"TALON_LISTEN" default:"127.0.0.1:8080" help:"Address to listen on."`
	Migrate bool     `env:"TALON_MIGRATE" help:"Bring the database up to date first."`
	Proxy   []string `env:"TALON_PROXIES" help:"Network of a reverse proxy to believe, such as 10.0.0.0/8." placeholder:"NET"`
	Origin  []string `env:"TALON_ORIGINS" help:"Origin that the proxy rewrites, such as https://shop.example." placeholder:"URL"`
	LogJSON bool     `env:"TALON_LOG_JSON" name:"log-json" help:"Write the log as JSON."`
	Debug   bool     `env:"TALON_DEBUG" help:"Log more."`
	limitFlags

	MeetingBase string `env:"TALON_MEETING_BASE" help:"Address below which video consultations have their rooms, such as https://meet.example." placeholder:"URL"`

	PublicURL      string `env:"TALON_PUBLIC_URL" name:"public-url" help:"Address at which customers reach the pages, such as https://care.example; messages link to it." placeholder:"URL"`
	MailFrom       string `env:"TALON_MAIL_FROM" help:"Sender of mail; the relay is in TALON_SMTP_URL." placeholder:"ADDRESS"`
	WebhooksInside bool   `env:"TALON_WEBHOOKS_INSIDE" help:"Let webhooks go to addresses inside this network."`

	Carrier         map[string]string `env:"TALON_CARRIERS" help:"Courier company to order at by HTTP: ID=URL; its secret is in TALON_CARRIER_SECRET_ID. May be repeated." placeholder:"ID=URL"`
	CarrierTimeout  time.Duration     `env:"TALON_CARRIER_TIMEOUT" default:"10s" help:"Longest wait for a courier company's answer."`
	CarrierAttempts int               `env:"TALON_CARRIER_ATTEMPTS" default:"3" help:"Attempts at an order before it is left for later."`
}

// carriers are the courier companies with their secrets, which stand in the
// environment only: a flag would be seen by everybody on the machine.
func (c *serveCmd) carriers() app.Carriers {
	out := app.Carriers{URLs: c.Carrier, Secrets: map[string]string{}, Timeout: c.CarrierTimeout, Attempts: c.CarrierAttempts}
	for id := range c.Carrier {
		out.Secrets[id] = os.Getenv(app.SecretVariable(id))
	}
	return out
}

func (c *serveCmd) Run(*streams) error {
	ctx, stop := untilStopped()
	defer stop()
	cfg := c.config()
	cfg.Listen, cfg.Migrate, cfg.Proxies, cfg.Origins, cfg.JSONLogs, cfg.Debug = c.Listen, c.Migrate, c.Proxy, c.Origin, c.LogJSON, c.Debug
	cfg.Carriers, cfg.MeetingBase, cfg.Limits = c.carriers(), c.MeetingBase, c.limits()
	var err error
	if cfg.Messages, err = app.ReadMessages(os.Getenv); err != nil {
		return err
	}
	cfg.Messages.Public, cfg.Messages.From, cfg.Messages.Inside = c.PublicURL, c.MailFrom, c.WebhooksInside
	return app.Serve(ctx, cfg)
}

type migrateCmd struct{ databaseFlags }

func (c *migrateCmd) Run(s *streams) error {
	ctx, stop := untilStopped()
	defer stop()
	return app.Migrate(ctx, c.config(), s.out)
}

type demoCmd struct {
	Addr  string `help:"Address to listen on; default: 127.0.0.1:8080, or another port when that is taken." placeholder:"HOST:PORT"`
	Dir   string `help:"Folder that keeps the demo; default: a temporary one." placeholder:"DIR"`
	Once  bool   `help:"Make the demo, tell the way in, and stop."`
	Debug bool   `help:"Log requests."`
	limitFlags
}

func (c *demoCmd) Run(s *streams) error {
	ctx, stop := untilStopped()
	defer stop()
	cfg := app.DemoConfig{Listen: c.Addr, Fixed: c.Addr != "", Dir: c.Dir, Once: c.Once, Debug: c.Debug, Limits: c.limits()}
	if !cfg.Fixed {
		cfg.Listen = "127.0.0.1:8080"
	}
	return app.Demo(ctx, cfg, s.out)
}

type importCmd struct {
	Sales importSalesCmd `cmd:"" help:"Bring sales in from a CSV file."`
}

type importSalesCmd struct {
	databaseFlags
	Retailer string            `required:"" help:"Id of the retailer's pack, such as bg-omni."`
	Map      []string          `help:"What a column means: 'HEADER=FIELD'; FIELD - leaves it out. May be repeated." placeholder:"HEADER=FIELD" sep:"none"`
	Set      map[string]string `help:"What every row has where the file has no such column: FIELD=VALUE." placeholder:"FIELD=VALUE"`
	Word     map[string]string `help:"What a word of the file means: 'Мобилки=phone'." placeholder:"WORD=VALUE"`
	Encoding string            `help:"utf-8 or windows-1251; default: found out." placeholder:"NAME"`
	Refused  string            `help:"CSV file to write the refused rows to." placeholder:"FILE"`
	Lang     string            `help:"Language of the reasons: en, ru or bg." default:"en"`
	Quiet    bool              `short:"q" help:"Do not tell the progress."`
	File     string            `arg:"" help:"CSV file, UTF-8 or Windows-1251; - for standard input."`
}

func (c *importSalesCmd) Run(s *streams) error {
	ctx, stop := untilStopped()
	defer stop()
	in := app.SalesImport{Retailer: c.Retailer, File: c.File, Columns: c.Map, Constants: c.Set, Words: c.Word, Encoding: c.Encoding,
		Refused: c.Refused, Lang: c.Lang, Progress: !c.Quiet && isTerminal(s.err)}
	return app.ImportSales(ctx, c.config(), in, s.in, s.out, s.err)
}

// isTerminal tells whether somebody watches: a progress line in a log file is
// a nuisance.
func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

type sampleCmd struct {
	Sales sampleSalesCmd `cmd:"" help:"Write a retailer's sample file of sales."`
}

type sampleSalesCmd struct {
	Retailer string `arg:"" help:"bg-omni, ru-omsk or ru-xiaomi."`
	Rows     int    `default:"3000" help:"How many sales."`
	Seed     uint64 `default:"1" help:"Seed: the same one makes the same file."`
}

func (c *sampleSalesCmd) Run(s *streams) error {
	return app.SampleSales(s.out, c.Retailer, c.Rows, c.Seed)
}

type userCmd struct {
	Add userAddCmd `cmd:"" help:"Add a member of staff, such as the first administrator."`
}

type userAddCmd struct {
	databaseFlags
	Retailer string `required:"" help:"Id of the retailer's pack."`
	Email    string `required:"" help:"The sign-in."`
	Name     string `required:"" help:"Name as others see it."`
	Role     string `default:"administrator" help:"clerk, technician, dispatcher, manager, policy_editor, partner or administrator."`
	Place    string `help:"Shop or centre; required for a partner." placeholder:"ID"`
	Lang     string `help:"Language of the pages: ru, bg or en."`
	Password bool   `name:"password-stdin" help:"Read the password from standard input instead of making one up."`
}

func (c *userAddCmd) Run(s *streams) error {
	ctx, stop := untilStopped()
	defer stop()
	in := app.NewUser{Retailer: c.Retailer, Email: c.Email, Name: c.Name, Role: c.Role, Place: c.Place, Lang: c.Lang, PasswordIn: c.Password}
	return app.AddUser(ctx, c.config(), in, s.in, s.out)
}
