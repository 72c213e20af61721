package care

import "strings"

// Shortened is the beginning of a text that may be longer than most characters.
func Shortened(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// SettlementBeside is a settlement where the address does not name it already,
// "" where it does: many write the whole address in one line.
func SettlementBeside(address, settlement string) string {
	if strings.Contains(address, settlement) {
		return ""
	}
	return settlement
}
