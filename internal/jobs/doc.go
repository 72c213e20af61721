// Package jobs runs work that was put off: it leases jobs whose time has come,
// gives each to its kind's handler, and notes what came of it.
//
// A job is tried again after a failure, later each time, and parked when it
// failed too often, so that an administrator sees it and nothing else waits
// for it. A panic is a failure. Any number of runners may work on one
// database: a job is leased to one at a time, and what a runner says of a job
// counts only while the lease is its own. docs/adr/0004-jobs.md has the
// reasons.
package jobs
