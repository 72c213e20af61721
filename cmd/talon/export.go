package main

import "github.com/talon-care/talon/internal/app"

type exportCmd struct {
	Certificates exportCertificatesCmd `cmd:"" help:"Write a retailer's register of certificates as CSV."`

	Money exportMoneyCmd `cmd:"" help:"Write what happened to a retailer's money on a day as CSV."`
}

type exportMoneyCmd struct {
	databaseFlags
	Retailer string `required:"" help:"Id of the retailer's pack, such as bg-omni."`
	Day      string `help:"Day in the shops' zone, such as 2026-11-21; default: yesterday." placeholder:"DATE"`
}

func (c *exportMoneyCmd) Run(s *streams) error {
	ctx, stop := untilStopped()
	defer stop()
	return app.ExportMoney(ctx, c.config(), c.Retailer, c.Day, s.out)
}

type exportCertificatesCmd struct {
	databaseFlags
	Retailer string   `required:"" help:"Id of the retailer's pack, such as ru-omsk."`
	State    []string `help:"Only in these states: sold, lapsed, refunded, cancelled." placeholder:"STATE"`
	Phase    string   `help:"Only in this phase today: waiting, in_force, over, unknown." placeholder:"PHASE"`
	From     string   `help:"Only those sold from this day on." placeholder:"DATE"`
	To       string   `help:"Only those sold up to this day." placeholder:"DATE"`
}

func (c *exportCertificatesCmd) Run(s *streams) error {
	ctx, stop := untilStopped()
	defer stop()
	return app.ExportCertificates(ctx, c.config(), app.CertificatesExport{Retailer: c.Retailer, States: c.State, Phase: c.Phase, From: c.From, To: c.To}, s.out)
}
