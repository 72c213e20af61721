package calendar

import (
	"encoding/json"
	"strings"
	"time"
)

// DueResult answers when a period is due: a calendar period has a Deadline, a
// clock period an Instant.
type DueResult struct {
	Deadline Deadline
	Instant  time.Time // zero for a calendar period
}

// MarshalJSON writes {"last_day": …, "until": …, "provisional": …} for a
// calendar period and {"due": …} for a clock period.
func (r DueResult) MarshalJSON() ([]byte, error) {
	if !r.Instant.IsZero() {
		return json.Marshal(struct {
			Due string `json:"due"`
		}{r.Instant.Format(time.RFC3339)})
	}
	return json.Marshal(struct {
		LastDay     Date `json:"last_day"`
		Until       Date `json:"until"`
		Provisional bool `json:"provisional"`
	}{r.Deadline.LastDay, r.Deadline.Until, r.Deadline.Provisional})
}

// Due counts a period from an event in a jurisdiction, as texts of a command
// line give them. A calendar period runs from a date, or from the local date of
// an instant, and its last day moves to the next working day. A clock period
// runs from an instant; a date alone is not enough.
//
// An instant without an offset is read in the zone, by default the
// jurisdiction's (DefaultZone). An instant with an offset is turned into the
// zone; if no zone is named, it stays in its own offset, unless that is the
// default zone's at the time, or is Z or -00:00, which by RFC 9557 say nothing about
// the local time: then the default zone counts.
func Due(jurisdiction, from, period, zone string) (DueResult, error) {
	days, err := For(jurisdiction)
	if err != nil {
		return DueResult{}, err
	}
	p, err := ParsePeriod(period)
	if err != nil {
		return DueResult{}, err
	}
	if zone != "" {
		if _, err := LoadZone(zone); err != nil {
			return DueResult{}, err
		}
	}
	if !strings.ContainsAny(from, "T ") && !p.IsClock() {
		event, err := ParseDate(from)
		if err != nil {
			return DueResult{}, err
		}
		return DueResult{Deadline: days.Deadline(event, p, true)}, nil
	}
	event, err := eventIn(jurisdiction, from, zone)
	if err != nil {
		return DueResult{}, err
	}
	if p.IsClock() {
		return DueResult{Instant: event.Add(p.Duration())}, nil
	}
	return DueResult{Deadline: days.Deadline(DateOf(event, event.Location()), p, true)}, nil
}

// eventIn reads an instant and gives it the zone that its date is meant in.
func eventIn(jurisdiction, from, zone string) (time.Time, error) {
	name := zone
	if name == "" {
		var err error
		if name, err = DefaultZone(jurisdiction); err != nil {
			return time.Time{}, err
		}
	}
	loc, err := LoadZone(name)
	if err != nil {
		return time.Time{}, err
	}
	event, err := ParseInstant(from, loc)
	if err != nil || zone != "" {
		return event, err
	}
	own, err := ParseInstant(from, nil)
	if err != nil { // no offset of its own
		return event, nil
	}
	_, itsOffset := own.Zone()
	_, zoneOffset := event.Zone()
	if itsOffset == zoneOffset || strings.HasSuffix(from, "Z") || strings.HasSuffix(from, "-00:00") {
		return event, nil
	}
	return own, nil
}

// StayTotal is the number of days in service.
type StayTotal struct {
	Days int `json:"days"`
}

// StaySum counts the days of stays given as texts (see ParseStay), days that
// several share once. Instants count as dates of the zone; without a zone they
// need their own offsets.
func StaySum(zone string, args []string) (StayTotal, error) {
	var loc *time.Location
	if zone != "" {
		var err error
		if loc, err = LoadZone(zone); err != nil {
			return StayTotal{}, err
		}
	}
	stays := make([]Stay, 0, len(args))
	for _, arg := range args {
		s, err := ParseStay(arg, loc)
		if err != nil {
			return StayTotal{}, err
		}
		stays = append(stays, s)
	}
	return StayTotal{StayDays(stays)}, nil
}
