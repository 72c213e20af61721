package web

import (
	"net/url"
	"slices"
	"testing"

	"github.com/talon-care/talon/internal/care"
)

func TestPlaceIsPickedWhereOnlyOneMakesSense(t *testing.T) {
	shop, north, south := care.Place{ID: "shop", Kind: care.ShopPlace}, care.Place{ID: "north", Kind: care.OwnCentre}, care.Place{ID: "south", Kind: care.AuthorisedPlace}
	place := func(name, value string, required bool) care.Field {
		return care.Field{Name: name, Type: care.PlaceField, Label: "field.place", Required: required, Value: value}
	}
	for _, c := range []struct {
		name    string
		command care.CommandName
		field   care.Field
		places  []care.Place
		centre  string
		typed   url.Values
		want    []string
	}{
		{"the actor's own", care.CmdAccept, place("place", "south", true), []care.Place{shop, north, south}, "north", nil, []string{"south"}},
		{"of an actor without one, the claim's centre", care.CmdAccept, place("place", "", true), []care.Place{shop, north, south}, "north", nil, []string{"north"}},
		{"the only one", "intake", place("place", "", true), []care.Place{north}, "", nil, []string{"north"}},
		{"several and no centre", "intake", place("place", "", true), []care.Place{shop, north}, "", nil, nil},
		{"it may be left open", care.CmdAskDevice, place("place", "", false), []care.Place{north}, "north", nil, nil},
		{"a centre to send to is not the one it is at", care.CmdForward, place("to", "", true), []care.Place{north, south}, "north", nil, nil},
		{"what was typed stays", care.CmdAccept, place("place", "", true), []care.Place{shop, north}, "north", url.Values{"place": {""}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := &controls{l: english(t), command: c.command, places: c.places, centre: c.centre, typed: c.typed}
			var got []string
			for _, g := range b.control(c.field).Groups {
				for _, p := range g.Picks {
					if p.Picked {
						got = append(got, p.Value)
					}
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("picked %v, want %v", got, c.want)
			}
		})
	}
}
