// Package bench compares Talon's engine with other ways to answer the same
// questions. It is a module of its own, so that the product depends on none of
// them: `cd bench && go test -bench . ./...`, or `go run ./report` for the
// ratios of one run.
package bench
