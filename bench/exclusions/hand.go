package exclusions

import "github.com/talon-care/talon/policy"

// ByHand appends the ids of the clauses that a claim meets, as a programmer
// would write them without an engine.
func ByHand(ids []string, f *policy.Facts) []string {
	for i := range f.Diagnosis.Findings {
		x := &f.Diagnosis.Findings[i]
		switch f.Unit.Category {
		case "laptop", "tablet", "phone", "tv", "printer", "mfp":
			ids = portable(ids, x)
		case "motherboard", "video_card", "sound_card", "io_card", "modem":
			ids = board(ids, x)
		case "cpu":
			ids = processor(ids, x)
		case "ram":
			ids = memory(ids, x)
		case "network":
			ids = network(ids, x)
		case "optical_drive":
			ids = optical(ids, x)
		case "hard_disk":
			ids = disk(ids, x)
		}
	}
	return ids
}

// once appends an id that is not there yet: two findings may meet one clause.
func once(ids []string, id string) []string {
	for _, have := range ids {
		if have == id {
			return ids
		}
	}
	return append(ids, id)
}

// makersFault reports whether the damage is the maker's own doing.
func makersFault(x *policy.Finding) bool { return x.Cause == "material" || x.Cause == "workmanship" }

func portable(ids []string, x *policy.Finding) []string {
	switch x.Code {
	case "impact", "broken_screen":
		if !makersFault(x) {
			return once(ids, "impact-portable")
		}
	case "damaged_casing":
		if !makersFault(x) {
			return once(ids, "casing-portable")
		}
	case "liquid":
		return once(ids, "liquid-portable")
	case "forced_port":
		if !makersFault(x) {
			return once(ids, "ports-portable")
		}
	case "keyboard_keys":
		return once(ids, "keys-portable")
	case "surge_burn":
		if x.Part == "" || x.Part == "port" {
			return once(ids, "surge-portable")
		}
	case "unauthorised_repair":
		return once(ids, "unauthorised-portable")
	case "serial_illegible", "seal_damaged":
		return once(ids, "serial-portable")
	}
	return ids
}

func board(ids []string, x *policy.Finding) []string {
	switch x.Code {
	case "serial_illegible", "seal_damaged":
		return once(ids, "serial-board")
	case "unauthorised_repair":
		return once(ids, "unauthorised-board")
	case "pins":
		return once(ids, "pins-board")
	case "damaged_component":
		if !makersFault(x) {
			return once(ids, "component-board")
		}
	case "damaged_pcb":
		return once(ids, "pcb-board")
	case "damaged_casing":
		if !makersFault(x) {
			return once(ids, "drop-board")
		}
	case "damaged_element":
		return once(ids, "element-board")
	}
	return ids
}

func processor(ids []string, x *policy.Finding) []string {
	switch x.Code {
	case "damaged_die":
		if !makersFault(x) {
			return once(ids, "die-cpu")
		}
	case "damaged_casing":
		return once(ids, "look-cpu")
	case "damaged_component":
		if !makersFault(x) {
			return once(ids, "component-cpu")
		}
	case "pins":
		return once(ids, "pins-cpu")
	case "unauthorised_repair":
		return once(ids, "unauthorised-cpu")
	case "serial_illegible", "seal_damaged":
		return once(ids, "serial-cpu")
	}
	return ids
}

func memory(ids []string, x *policy.Finding) []string {
	switch x.Code {
	case "damaged_element":
		return once(ids, "element-ram")
	case "burnt_track":
		return once(ids, "track-ram")
	case "damaged_casing":
		return once(ids, "look-ram")
	case "damaged_component":
		if !makersFault(x) {
			return once(ids, "component-ram")
		}
	case "unauthorised_repair":
		return once(ids, "unauthorised-ram")
	case "serial_illegible", "seal_damaged":
		return once(ids, "serial-ram")
	}
	return ids
}

func network(ids []string, x *policy.Finding) []string {
	switch x.Code {
	case "damaged_connector":
		return once(ids, "connector-network")
	case "missing_component":
		if x.Part == "port" {
			return once(ids, "lost-connector-network")
		}
	case "burnt_track":
		return once(ids, "track-network")
	case "damaged_casing":
		return once(ids, "look-network")
	case "damaged_pcb":
		return once(ids, "pcb-network")
	case "unauthorised_repair":
		return once(ids, "unauthorised-network")
	case "serial_illegible", "seal_damaged":
		return once(ids, "serial-network")
	}
	return ids
}

func optical(ids []string, x *policy.Finding) []string {
	switch x.Code {
	case "damaged_connector":
		return once(ids, "connector-optical")
	case "missing_component":
		if x.Part == "port" {
			return once(ids, "lost-connector-optical")
		}
	case "damaged_casing":
		if !makersFault(x) {
			return once(ids, "blow-optical")
		}
	case "unauthorised_repair":
		return once(ids, "unauthorised-optical")
	case "serial_illegible", "seal_damaged":
		return once(ids, "serial-optical")
	}
	return ids
}

func disk(ids []string, x *policy.Finding) []string {
	switch x.Code {
	case "damaged_connector":
		return once(ids, "connector-disk")
	case "missing_component", "damaged_component":
		return once(ids, "missing-disk")
	case "damaged_casing":
		if !makersFault(x) {
			return once(ids, "blow-disk")
		}
	case "unauthorised_repair":
		return once(ids, "unauthorised-disk")
	case "serial_illegible", "seal_damaged":
		return once(ids, "serial-disk")
	}
	return ids
}
