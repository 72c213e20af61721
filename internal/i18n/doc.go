// Package i18n speaks to people in their language: messages with plurals, and
// dates, sums and numbers as each language writes them.
//
// Messages live in catalog/<area>.<language>.json. A file is one flat object
// from key to message; a counted message is an object of plural forms. Each
// area of the product brings its own files, and they are merged: a key that
// stands in two files of a language is an error.
//
//	{"claim.number": "Claim {number}",
//	 "claim.count": {"one": "{n} claim", "other": "{n} claims"},
//	 "claim.is": "The claim is “{state:status}”."}
//
// {name} is replaced by the argument of that name, written in the language's
// own manner. {name:prefix} takes the argument for a word of a vocabulary and
// is replaced by the message prefix.value, if there is one; {name:date} and
// {name:money} read a date or a sum out of text, as errors carry them.
package i18n
