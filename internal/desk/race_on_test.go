//go:build race

package desk_test

// raced tells that the race detector is watching: it makes one computation ten
// times as long, so that tests of many rounds make fewer.
const raced = true
