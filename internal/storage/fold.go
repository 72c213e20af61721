package storage

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// lookalikes are the Cyrillic letters that are drawn like Latin ones. Serial
// numbers are Latin; a clerk with a Russian keyboard layout types them so.
var lookalikes = strings.NewReplacer("а", "a", "в", "b", "е", "e", "к", "k", "м", "m", "н", "h", "о", "o",
	"р", "p", "с", "c", "т", "t", "у", "y", "х", "x")

// foldText makes texts equal that people take for the same: case, ё and е,
// composed and decomposed letters.
func foldText(s string) string {
	return strings.ReplaceAll(strings.ToLower(norm.NFKC.String(s)), "ё", "е")
}

// foldIdentity folds a number that a thing is known by (serial, IMEI, receipt,
// certificate): foldText, without spaces and hyphens, Cyrillic lookalikes as
// Latin.
func foldIdentity(s string) string {
	bare := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || r == '\u2212' || r == '\u00ad' {
			return -1
		}
		return r
	}, foldText(s))
	return lookalikes.Replace(bare)
}

// foldDigits is the digits of a phone number.
func foldDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// foldEmail is an address as it is compared.
func foldEmail(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// backwards turns digits round, so that the end of a number is a prefix.
func backwards(digits string) string {
	b := []byte(digits)
	slices.Reverse(b)
	return string(b)
}

// maxWords and maxWord bound what one text adds to the index.
const (
	maxWords = 24
	maxWord  = 40
)

// foldWords splits a text into the folded words that it is found by, sorted
// and without doubles.
func foldWords(text string) []string {
	words := strings.FieldsFunc(foldText(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for i, w := range words {
		if runes := []rune(w); len(runes) > maxWord {
			words[i] = string(runes[:maxWord])
		}
	}
	if len(words) > maxWords {
		words = words[:maxWords]
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// numberWords are what a request or claim is found by: the whole number
// without hyphens, its last part, and that without leading zeros.
func numberWords(number string) []string {
	last := foldText(number[strings.LastIndexByte(number, '-')+1:])
	words := []string{foldIdentity(number), last, strings.TrimLeft(last, "0")}
	slices.Sort(words)
	words = slices.Compact(words)
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

// afterPrefix is a text that sorts after every text with the prefix, byte by
// byte, and before what follows them.
func afterPrefix(prefix string) string { return prefix + "\U0010FFFF" }
