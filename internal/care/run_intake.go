package care

import (
	"slices"
	"strings"
)

func (s Submit) run(c Claim, _ Env) ([]Payload, error) {
	w := s.WasSubmitted
	for _, f := range [][2]string{{c.ID, "id"}, {c.Retailer, "retailer"}, {w.Number, "number"}, {w.Request, "request"},
		{w.Pack, "pack"}, {w.Lang, "lang"}} {
		if err := need(f[0], f[1]); err != nil {
			return nil, err
		}
	}
	if err := needWord(w.Channel, "channels", "channel"); err != nil {
		return nil, err
	}
	if w.Unit.ID == "" || w.Unit.Identity() == "" {
		return nil, Fail(Invalid, "required", "field", "serial").At("serial")
	}
	if w.ReceivedAt.IsZero() {
		return nil, Fail(Invalid, "required", "field", "received_at").At("received_at")
	}
	if err := needWords(w.Documents, "documents", "documents"); err != nil {
		return nil, err
	}
	if w.Basis != "" {
		if err := needWord(string(w.Basis), "bases", "basis"); err != nil {
			return nil, err
		}
	}
	return []Payload{&w}, nil
}

func (a AskDevice) run(Claim, Env) ([]Payload, error) {
	return []Payload{&DeviceAsked{Place: a.Place, Instructions: strings.TrimSpace(a.Instructions)}}, nil
}

func (a Accept) run(c Claim, env Env) ([]Payload, error) {
	if missing := c.MissingAcknowledgements(); len(missing) > 0 {
		return nil, Fail(Blocked, "acknowledgement_missing", "ids", strings.Join(missing, ", "))
	}
	if err := needWords(a.Documents, "documents", "documents"); err != nil {
		return nil, err
	}
	holder := Holder{Kind: HeldByCourier, Carrier: a.Carrier, Tracking: a.Tracking, To: a.Place, Since: stamp(env)}
	if a.Carrier == "" {
		holder = atPlace(a.Place, a.PlaceKind, env)
	}
	if err := need(a.Place, "place"); err != nil {
		return nil, err
	}
	out := []Payload{&WasAccepted{Holder: holder, Condition: strings.TrimSpace(a.Condition), Accessories: trimmed(a.Accessories),
		Defect: strings.TrimSpace(a.Defect), Centre: centreKind(holder, a.PlaceKind)}}
	carried := holder.Kind == HeldByCourier && a.PlaceKind != ShopPlace && c.Centre == ""
	instead := holder.Kind == HeldByCentre && a.PlaceKind == AuthorisedPlace && c.Centre != "" && c.Centre != a.Place
	if carried || instead {
		out = append(out, &WasRouted{Centre: a.Place}) // so that the centre sees what comes to it
	}
	if a.Documents != nil {
		out = append(out, &DocumentsRecorded{Documents: tidy(a.Documents)})
	}
	return out, nil
}

func atPlace(place string, kind PlaceKind, env Env) Holder {
	h := Holder{Kind: HeldByCentre, Place: place, Since: stamp(env)}
	if kind == ShopPlace {
		h.Kind = HeldByShop
	}
	return h
}

// centreKind is the stay's kind of centre; "" while only a shop or a courier
// has the device.
func centreKind(h Holder, kind PlaceKind) string {
	switch {
	case h.Kind != HeldByCentre:
		return ""
	case kind == AuthorisedPlace:
		return "authorised"
	case kind == OwnCentre:
		return "own"
	}
	return "other"
}

func (f Forward) run(c Claim, env Env) ([]Payload, error) {
	if err := need(f.To, "to"); err != nil {
		return nil, err
	}
	if !c.Held() {
		return nil, Fail(Blocked, "not_held", "holder", string(c.Custody.Kind))
	}
	if c.Custody.Place == f.To {
		return nil, Fail(Invalid, "already_there", "place", f.To).At("to")
	}
	if c.State == InRepair && (c.Repair == nil || c.Repair.FinishedAt.IsZero()) {
		return nil, Fail(Blocked, "repair_running")
	}
	h := Holder{Kind: HeldByCourier, Carrier: f.Carrier, Tracking: f.Tracking, To: f.To, Since: stamp(env)}
	return []Payload{&WasForwarded{Holder: h, Condition: strings.TrimSpace(f.Condition), Accessories: trimmed(f.Accessories)}}, nil
}

func (r ReceiveAtCentre) run(c Claim, env Env) ([]Payload, error) {
	if err := need(r.Place, "place"); err != nil {
		return nil, err
	}
	if c.Custody.Kind != HeldByCourier {
		return nil, Fail(Blocked, "not_with_courier", "holder", string(c.Custody.Kind))
	}
	h := atPlace(r.Place, r.PlaceKind, env)
	return []Payload{&WasReceived{Holder: h, CentreKind: centreKind(h, r.PlaceKind), Condition: strings.TrimSpace(r.Condition),
		Accessories: trimmed(r.Accessories)}}, nil
}

func (r RouteTo) run(c Claim, env Env) ([]Payload, error) {
	if err := need(r.Centre, "centre"); err != nil {
		return nil, err
	}
	if env.Actor.Kind == CustomerActor && !slices.Contains(c.choosable(), r.Centre) {
		return nil, Fail(Blocked, "centre_not_offered", "place", r.Centre).At("centre")
	}
	if c.Centre == r.Centre {
		return nil, Fail(Invalid, "already_there", "place", r.Centre).At("centre")
	}
	return []Payload{&WasRouted{Centre: r.Centre}}, nil
}

// choosable are the centres among which the customer may choose: those that
// the decision names, while the device is still at home (A3, B2).
func (c Claim) choosable() []string {
	if c.Custody.Kind != HeldByCustomer || c.State != Submitted && c.State != AwaitingDevice {
		return nil
	}
	var out []string
	for _, id := range routeOf(c) {
		if id != c.Centre && !slices.Contains(c.Ruling.Result.Shops, id) {
			out = append(out, id)
		}
	}
	return out
}

func (a Assign) run(Claim, Env) ([]Payload, error) { return []Payload{&WasAssigned{User: a.User}}, nil }

func (r RecordDocuments) run(_ Claim, _ Env) ([]Payload, error) {
	if err := needWords(r.Documents, "documents", "documents"); err != nil {
		return nil, err
	}
	return []Payload{&DocumentsRecorded{Documents: tidy(r.Documents)}}, nil
}

func (a Acknowledge) run(c Claim, _ Env) ([]Payload, error) {
	var fresh []string
	missing := c.MissingAcknowledgements()
	for _, id := range a.IDs {
		if slices.Contains(missing, id) && !slices.Contains(fresh, id) {
			fresh = append(fresh, id)
		}
	}
	if len(fresh) == 0 {
		return nil, Fail(Invalid, "nothing_to_acknowledge", "ids", strings.Join(a.IDs, ", ")).At("ids")
	}
	return []Payload{&WasAcknowledged{IDs: fresh}}, nil
}

func (n AddNote) run(Claim, Env) ([]Payload, error) {
	if err := need(n.Text, "text"); err != nil {
		return nil, err
	}
	return []Payload{&NoteAdded{Text: strings.TrimSpace(n.Text)}}, nil
}

// trimmed drops empty entries.
func trimmed(list []string) []string {
	var out []string
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// tidy sorts a list of words and drops repeats; the answer is never nil, for
// nil would mean "not looked at".
func tidy(list []string) []string {
	out := append([]string{}, list...)
	slices.Sort(out)
	return slices.Compact(out)
}
