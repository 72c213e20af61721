package main

import "github.com/talon-care/talon/internal/app"

type exportCmd struct {
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
