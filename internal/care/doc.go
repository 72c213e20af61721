// Package care is the domain of after-sales service: what was sold, what a
// customer asked, and the life of a warranty claim.
//
// It is pure. Apply takes a claim and a command and gives events or an
// error; When adds an event to a claim; Replay rebuilds a claim from its
// events, exactly. Nothing here reads a clock, a database or the network.
// docs/states.md draws the states.
package care
