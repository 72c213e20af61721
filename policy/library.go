package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// Library holds every pack of an installation, compiled: each retailer's
// versions with the statute and the manufacturers' packs that stand beside.
type Library struct {
	lexicon  *Lexicon
	packs    []*Pack
	programs map[string][]*Program // by pack id, newest version first
	// older are the programs of each retailer version beside a statute that has
	// a newer version since: what was decided then is made again with them.
	older map[string]*Program
}

// ErrUnknownPack is given for a pack id or version that the library lacks.
var ErrUnknownPack = errors.New("unknown pack")

// ParsePack reads one pack file. The error is Faults.
func ParsePack(file string, data []byte) (*Pack, error) {
	root, err := parseDocument(file, data)
	if err != nil {
		return nil, err
	}
	d := &decoder{file: file}
	pack := &Pack{}
	d.decode(root, reflect.ValueOf(pack).Elem(), "pack file", "")
	if err := d.faults.err(); err != nil {
		return nil, err
	}
	return pack, nil
}

// ParseFacts reads facts from YAML or JSON. The error is Faults.
func ParseFacts(file string, data []byte) (*Facts, error) {
	root, err := parseDocument(file, data)
	if err != nil {
		return nil, err
	}
	d := &decoder{file: file}
	facts := &Facts{}
	d.decode(root, reflect.ValueOf(facts).Elem(), "facts file", "")
	if len(d.faults) == 0 {
		d.checkFacts(root, facts)
	}
	if err := d.faults.err(); err != nil {
		return nil, err
	}
	return facts, nil
}

// checkFacts finds facts that contradict each other or lack what every
// decision needs.
func (d *decoder) checkFacts(root *yaml.Node, f *Facts) {
	if f.Pack == "" {
		d.fault(root, "pack: the key is missing; expected the id of a pack such as bg-omni")
	}
	if f.At.IsZero() {
		d.fault(root, "%v", ErrNoInstant)
	}
	s := f.Sale
	if !s.Date.IsZero() && !s.Rescinded.IsZero() && s.Rescinded.Before(s.Date) {
		d.fault(nodeAt(root, "sale", "rescinded"), "sale.rescinded: %s is before the sale on %s", s.Rescinded, s.Date)
	}
	if len(f.Services) > maxListItems || len(f.Diagnosis.Findings) > maxListItems {
		d.fault(root, "services and diagnosis.findings: at most %d items are read", maxListItems)
	}
	for i := range f.Services {
		d.checkService(nodeAt(root, "services", strconv.Itoa(i)), i, &f.Services[i])
	}
	d.checkPrice(root, s.Price, "sale", "price")
	d.checkPrice(root, f.Certificate.Price, "certificate", "price")
	d.checkPrice(root, f.Market.AnalogPrice, "market", "analog_price")
}

func (d *decoder) checkService(n *yaml.Node, i int, s *Service) {
	if s.Demanded.IsZero() && s.Accepted.IsZero() {
		d.fault(n, "services[%d]: demanded or accepted is missing; expected a date", i)
	}
	for _, end := range []Moment{s.Demanded, s.Accepted} {
		if !end.IsZero() && !s.Released.IsZero() && s.Released.In(utc).Before(end.In(utc).AddDays(-1)) {
			d.fault(n, "services[%d]: released before it was demanded or accepted", i)
			return
		}
	}
	if back := s.HandedBack; !back.IsZero() && (s.Released.IsZero() || back.In(utc).Before(s.Released.In(utc).AddDays(-1))) {
		d.fault(n, "services[%d]: handed back before it was released", i)
	}
}

func (d *decoder) checkPrice(root *yaml.Node, price *money.Amount, section, key string) {
	if price != nil && price.Minor < 0 {
		d.fault(nodeAt(root, section, key), "%s.%s: expected a price of zero or more, found %s", section, key, price)
	}
}

// PlaceOf says where a key of a document stands, and where the document starts
// when the key can't be found.
func PlaceOf(file string, data []byte, keys ...string) Pos {
	root, err := parseDocument(file, data)
	if err != nil {
		return Pos{File: file, Line: 1, Column: 1}
	}
	return (&decoder{file: file}).pos(nodeAt(root, keys...))
}

// nodeAt follows keys and positions in lists as far as they lead.
func nodeAt(n *yaml.Node, keys ...string) *yaml.Node {
	for _, key := range keys {
		for n.Kind == yaml.AliasNode && n.Alias != nil {
			n = n.Alias
		}
		next := -1
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == key {
					next = i + 1
				}
			}
		case yaml.SequenceNode:
			if i, err := strconv.Atoi(key); err == nil && i < len(n.Content) {
				next = i
			}
		}
		if next < 0 {
			return n
		}
		n = n.Content[next]
	}
	return n
}

// Load reads every pack below a folder: */policy*.yaml and words.yaml, checks
// and compiles them. The error is Faults with every mistake in every file.
func Load(files fs.FS) (*Library, error) {
	lib := &Library{programs: map[string][]*Program{}, older: map[string]*Program{}}
	var faults Faults
	if err := lib.loadWords(files); err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "*/policy*.yaml")
	if err != nil {
		return nil, fmt.Errorf("find packs: %w", err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read pack: %w", err)
		}
		pack, err := ParsePack(name, data)
		if !faults.collect(err) {
			continue
		}
		lib.packs = append(lib.packs, pack)
	}
	if err := faults.err(); err != nil {
		return nil, err
	}
	lib.checkVersions(&faults)
	for _, pack := range lib.packs {
		if pack.Kind != RetailerPack {
			continue
		}
		program, err := lib.Compile(pack)
		if faults.collect(err) {
			lib.programs[pack.ID] = append(lib.programs[pack.ID], program)
			faults.collect(lib.compileOlder(program))
		}
	}
	for _, versions := range lib.programs {
		slices.SortFunc(versions, func(a, b *Program) int { return b.Pack.ValidFrom.Compare(a.Pack.ValidFrom) })
	}
	return lib, faults.unique().err()
}

// checkVersions refuses a version that two files hold: a claim freezes the
// version it was decided by, which must then be one.
func (lib *Library) checkVersions(faults *Faults) {
	for i, p := range lib.packs {
		for _, earlier := range lib.packs[:i] {
			if earlier.ID != p.ID {
				continue
			}
			if earlier.Version == p.Version {
				faults.add(p.Pos, "version: %s %q stands in %s already", p.ID, p.Version, earlier.Pos.File)
			}
			if earlier.ValidFrom == p.ValidFrom {
				faults.add(p.Pos, "valid_from: %s has a version from %s in %s already", p.ID, p.ValidFrom, earlier.Pos.File)
			}
		}
	}
}

func (lib *Library) loadWords(files fs.FS) error {
	data, err := fs.ReadFile(files, "words.yaml")
	if err != nil {
		return fmt.Errorf("read words: %w", err)
	}
	lib.lexicon, err = ParseLexicon("words.yaml", data)
	return err
}

// collect adds the faults of an error; it reports whether there was none.
func (fs *Faults) collect(err error) bool {
	if err == nil {
		return true
	}
	var more Faults
	if errors.As(err, &more) {
		*fs = append(*fs, more...)
	} else {
		*fs = append(*fs, Fault{Pos{File: "packs"}, err.Error()})
	}
	return false
}

// unique drops faults found more than once, as those of a statute are with
// each retailer it stands beside.
func (fs Faults) unique() Faults {
	var out Faults
	for _, f := range fs {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// Compile compiles a retailer's pack with what the library has beside it.
func (lib *Library) Compile(pack *Pack) (*Program, error) {
	var statute *Pack
	for _, other := range lib.statutes(pack) {
		if statute == nil || other.ValidFrom.After(statute.ValidFrom) {
			statute = other
		}
	}
	return lib.compileBeside(pack, statute)
}

// statutes are the versions of the statute beside a pack.
func (lib *Library) statutes(pack *Pack) (list []*Pack) {
	for _, other := range lib.packs {
		if other.Kind == StatutePack && other.Jurisdiction == pack.Jurisdiction {
			list = append(list, other)
		}
	}
	return list
}

// compileOlder compiles a retailer version beside the statute's other versions.
func (lib *Library) compileOlder(newest *Program) error {
	for _, statute := range lib.statutes(newest.Pack) {
		if statute == newest.Statute {
			continue
		}
		program, err := lib.compileBeside(newest.Pack, statute)
		if err != nil {
			return err
		}
		lib.older[frozenKey(newest.Pack.ID, newest.Pack.Version, statute.ID+" "+statute.Version)] = program
	}
	return nil
}

func frozenKey(id, version, statute string) string { return id + "\x00" + version + "\x00" + statute }

func (lib *Library) compileBeside(pack, statute *Pack) (*Program, error) {
	var makers []*Pack
	for _, id := range pack.Manufacturer {
		i := slices.IndexFunc(lib.packs, func(p *Pack) bool { return p.Kind == ManufacturerPack && p.ID == id })
		if i < 0 {
			return nil, Faults{{pack.Pos, fmt.Sprintf("manufacturers: there is no manufacturer pack %q", id)}}
		}
		makers = append(makers, lib.packs[i])
	}
	return Compile(pack, statute, makers, lib.lexicon)
}

// Packs lists the packs in the order of their files.
func (lib *Library) Packs() []*Pack { return slices.Clone(lib.packs) }

// Lexicon is the engine's words.
func (lib *Library) Lexicon() *Lexicon { return lib.lexicon }

// Retailers lists the ids of the retailers' packs.
func (lib *Library) Retailers() []string { return sortedKeys(lib.programs) }

// Program is the version of a pack that a sale on a date is under: the newest
// that was valid then, or the oldest for a sale before all of them. A zero
// date gives the newest.
func (lib *Library) Program(id string, sold calendar.Date) (*Program, error) {
	versions := lib.programs[id]
	if len(versions) == 0 {
		return nil, fmt.Errorf("%w %q; %s", ErrUnknownPack, id, expected(id, lib.Retailers()))
	}
	for _, p := range versions {
		if sold.IsZero() || !p.Pack.ValidFrom.After(sold) {
			return p, nil
		}
	}
	return versions[len(versions)-1], nil
}

// Version is one version of a pack, as frozen with a claim.
func (lib *Library) Version(id, version string) (*Program, error) {
	for _, p := range lib.programs[id] {
		if p.Pack.Version == version {
			return p, nil
		}
	}
	return nil, fmt.Errorf("%w %q version %q", ErrUnknownPack, id, version)
}

// Decide answers facts with the pack they name, in the version that the sale
// is under.
func (lib *Library) Decide(f Facts, lang string) (Decision, error) {
	p, err := lib.Program(f.Pack, f.Sale.Date)
	if err != nil {
		return Decision{}, err
	}
	return p.Decide(&f, lang)
}

// Frozen is a version of a pack beside the version of the statute that a
// decision names ("statute-bg 2026-01-01"): what decided then.
func (lib *Library) Frozen(id, version, statute string) (*Program, error) {
	p, err := lib.Version(id, version)
	if err != nil || p.Statute == nil || p.Statute.ID+" "+p.Statute.Version == statute {
		return p, err
	}
	if older := lib.older[frozenKey(id, version, statute)]; older != nil {
		return older, nil
	}
	return nil, fmt.Errorf("%w %q beside %q", ErrUnknownPack, id, statute)
}

// DecideFrozen makes a decision again as it was made: with the version of the
// pack and of the statute that it names.
func (lib *Library) DecideFrozen(id, version, statute string, f Facts, lang string) (Decision, error) {
	p, err := lib.Frozen(id, version, statute)
	if err != nil {
		return Decision{}, err
	}
	return p.Decide(&f, lang)
}

// DecideVersion answers facts with a frozen version.
func (lib *Library) DecideVersion(id, version string, f Facts, lang string) (Decision, error) {
	p, err := lib.Version(id, version)
	if err != nil {
		return Decision{}, err
	}
	return p.Decide(&f, lang)
}

// IsPath reports whether facts name their pack by a file instead of an id.
func IsPath(pack string) bool {
	return strings.ContainsAny(pack, `/\`) || path.Ext(pack) == ".yaml" || path.Ext(pack) == ".yml"
}

// CheckBeside checks a statute or a manufacturer's pack: it is compiled beside
// every retailer's pack that it concerns, in the place of the one of its id.
func (lib *Library) CheckBeside(pack *Pack) error {
	other := &Library{lexicon: lib.lexicon}
	for _, p := range lib.packs {
		if p.ID != pack.ID {
			other.packs = append(other.packs, p)
		}
	}
	other.packs = append(other.packs, pack)
	var faults Faults
	checked := false
	for _, p := range other.packs {
		if p.Kind == RetailerPack && (p.Jurisdiction == pack.Jurisdiction || slices.Contains(p.Manufacturer, pack.ID)) {
			_, err := other.Compile(p)
			faults.collect(err)
			checked = true
		}
	}
	if !checked {
		faults.add(pack.Pos, "no retailer's pack stands beside %s (jurisdiction %s): it can't be checked", pack.ID, pack.Jurisdiction)
	}
	return faults.unique().err()
}
