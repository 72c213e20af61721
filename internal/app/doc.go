// Package app is the wiring: configuration, the commands behind the command
// line, and the server that puts desk, storage, web and api together.
package app
