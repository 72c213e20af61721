// Package samples holds a file of sample sales for each shipped retailer, as
// its own system would export it. `talon sample sales RETAILER` makes them;
// internal/ingest/sample says what is in them.
package samples

import "embed"

// Files are the sample files: RETAILER.csv.
//
//go:embed *.csv
var Files embed.FS
