// Package calendar counts the days, terms and stays that warranty decisions
// rest on.
//
// A [Date] is a day in the shop's zone, not an instant. A [Period] runs from
// the day of an event, which itself is not counted, to a last day that is (GK
// RF 190-192, ZZD 72, Regulation 1182/71 article 3). A [WorkCalendar] knows a
// country's days off and moves a last day that is not a working day to the
// next one (GK RF 193, ZZD 72). A [Stay] is time in service, both ends counted.
//
// The package is pure: it reads no clock, no file and no environment, and its
// days off come from the data files embedded in it, each naming its source.
package calendar
