package app

import (
	"fmt"
	"io"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/packs"
	"github.com/talon-care/talon/policy"
)

// Due counts a deadline as `talon due` prints it.
func Due(w io.Writer, jurisdiction, from, period, zone string, asJSON bool) error {
	due, err := calendar.Due(jurisdiction, from, period, zone)
	if err != nil {
		return BadInput(err)
	}
	if asJSON {
		return writeJSON(w, due)
	}
	_, err = fmt.Fprintln(w, due)
	return err
}

// Stay counts days in service as `talon stay` prints them.
func Stay(w io.Writer, zone string, stays []string, asJSON bool) error {
	sum, err := calendar.StaySum(zone, stays)
	if err != nil {
		return BadInput(err)
	}
	if asJSON {
		return writeJSON(w, sum)
	}
	_, err = fmt.Fprintln(w, sum.Days)
	return err
}

// Schema prints a JSON Schema.
func Schema(w io.Writer, name string) error {
	s, err := policy.Schema(name)
	if err != nil {
		return BadInput(err)
	}
	return writeJSON(w, s)
}

// Version prints what was built and the packs inside.
func Version(w io.Writer) error {
	fmt.Fprintln(w, "talon", revision())
	lib, err := packs.Library()
	if err != nil {
		return err
	}
	for _, p := range lib.Packs() {
		fmt.Fprintf(w, "pack %s %s\n", p.ID, p.Version)
	}
	return nil
}
