package desk

import "strings"

// SafeCell is a text as a cell of a file that people open in a spreadsheet,
// which must not take it for a formula (OWASP, CSV injection).
func SafeCell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
