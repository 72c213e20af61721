package app

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/internal/care"
)

// CertificatesExport is what `talon export certificates` writes.
type CertificatesExport struct {
	Retailer string
	States   []string
	Phase    string
	From, To string // days of the sale, "" = no bound
}

// ExportCertificates writes a retailer's register of certificates as CSV.
func ExportCertificates(ctx context.Context, cfg Config, in CertificatesExport, out io.Writer) error {
	f := care.CertificateFilter{Phase: care.CertificatePhase(in.Phase)}
	for _, text := range in.States {
		state := care.CertificateState(text)
		if !slices.Contains(care.CertificateStates(), state) {
			return BadInput(fmt.Errorf("state %q: there are sold, lapsed, refunded, cancelled", text))
		}
		f.States = append(f.States, state)
	}
	for _, bound := range []struct {
		name, text string
		to         *calendar.Date
	}{{"from", in.From, &f.SoldFrom}, {"to", in.To, &f.SoldTo}} {
		if strings.TrimSpace(bound.text) == "" {
			continue
		}
		day, err := calendar.ParseDate(bound.text)
		if err != nil {
			return BadInput(fmt.Errorf("%s %q: %w", bound.name, bound.text, err))
		}
		*bound.to = day
	}
	s, err := openSystem(ctx, cfg, time.Now)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.store.Ready(ctx); err != nil {
		return BadInput(fmt.Errorf("the database is not ready: %w; bring it up to date with `talon migrate`", err))
	}
	if _, err := s.desk.Retailer(ctx, in.Retailer); err != nil {
		return s.explain(err)
	}
	if err := s.desk.WriteCertificates(ctx, care.System(in.Retailer), f, out); err != nil {
		return s.explain(err)
	}
	return nil
}
