package care

import "slices"

// hands are the commands that touch the device itself: who gives them has it.
var hands = []CommandName{CmdForward, CmdStartDiagnosis, CmdDiagnose, CmdStartRepair, CmdFinishRepair, CmdReturnToBench, CmdShip, CmdHandOver}

// takesIn is a command by which a place takes a device in.
type takesIn interface{ takenAt() string }

func (a Accept) takenAt() string          { return a.Place }
func (r ReceiveAtCentre) takenAt() string { return r.Place }

// elsewhere refuses a partner whatever does not happen at its own centre: it
// takes a device in nowhere else, and does nothing to one that another place
// has (D7).
func elsewhere(c Claim, cmd Command, actor Actor) error {
	if actor.Role != Partner {
		return nil
	}
	if in, ok := cmd.(takesIn); ok && in.takenAt() != actor.Place {
		return Fail(Invalid, "not_your_centre").At("place")
	}
	if c.Held() && c.Custody.Place != actor.Place && slices.Contains(hands, cmd.Name()) {
		return Fail(Blocked, "held_elsewhere")
	}
	return nil
}
