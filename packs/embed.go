// Package packs holds the shipped policy packs: three retailers, the statutes
// of two countries, a maker's policy, their cases and the engine's words.
package packs

import (
	"embed"
	"sync"

	"github.com/talon-care/talon/policy"
)

// Files are the packs as shipped.
//
//go:embed words.yaml requirements.yaml */policy*.yaml */cases/*.yaml */testdata/*/policy.yaml
var Files embed.FS

// Library compiles the shipped packs, once.
var Library = sync.OnceValues(func() (*policy.Library, error) { return policy.Load(Files) })
