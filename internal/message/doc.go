// Package message takes messages out of the house: e-mail by SMTP, SMS and
// Telegram by an HTTP gateway, and signed webhooks to programs. It words each
// message in the reader's language. A message that is given to a receiver
// twice has the same id both times, so that the receiver can tell.
package message
