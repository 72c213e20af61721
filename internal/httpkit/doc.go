// Package httpkit is what every HTTP surface of the program shares: the
// request log, recovery, security headers, body and rate limits, protection
// against forged requests, cookies for sessions and flash messages, the
// reader's language, and the one table from domain errors to statuses.
package httpkit
