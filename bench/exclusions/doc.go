// Package exclusions answers which of one retailer's refusal clauses a claim
// meets, in five ways that give the same answer:
//
//   - ByHand: plain Go, a switch over categories and findings;
//   - Talon: the engine's full decision, all bases, of which the refusals are
//     a small part;
//   - CEL: one cel-go program for each clause, evaluated one by one;
//   - OPA by rule: one Rego rule for each clause, through OPA's Go library;
//   - OPA by table: one Rego rule over a table keyed by category and finding,
//     which is how an OPA user who knows it well would write it.
//
// The clauses are rows B13 to B19 of the pack bg-omni: those that look at the
// category of goods and at what the diagnosis found. CEL and Rego are written
// from the pack itself, so they can't drift from it; the plain Go is written
// by hand, and a test holds all five together on random claims.
package exclusions
