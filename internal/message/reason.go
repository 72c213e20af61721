package message

import (
	"errors"
	"net/http"
	"net/textproto"
	"regexp"
	"strings"

	"github.com/wneessen/go-mail"

	"github.com/talon-care/talon/internal/care"
)

// mailReason says why a relay did not take a mail. Whatever it did not say in
// a code of its own is a failed connection.
func mailReason(err error) care.NoticeReason {
	var refused *mail.SendError
	var said *textproto.Error
	switch {
	case errors.As(err, &refused) && refused.ErrorCode() > 0:
		enhanced := refused.EnhancedStatusCode()
		if enhanced == "" { // said though the relay did not announce it
			enhanced = enhancedCode.FindString(refused.Error())
		}
		return smtpReason(refused.ErrorCode(), enhanced, refused.Reason == mail.ErrSMTPRcptTo)
	case errors.As(err, &said):
		return smtpReason(said.Code, enhancedCode.FindString(said.Msg), false)
	case errors.Is(err, mail.ErrNoSupportedAuthDiscovered):
		return care.ReasonSignIn
	}
	return care.ReasonConnection
}

// enhancedCode is a status code of RFC 3463.
var enhancedCode = regexp.MustCompile(`\b[45]\.\d{1,3}\.\d{1,3}\b`)

// enhancedReasons are the codes of RFC 3463 and its registry (RFC 5248) without
// their first digit, the exact ones before their class.
var enhancedReasons = map[string]care.NoticeReason{
	"1.7": care.ReasonPolicy, "1.8": care.ReasonPolicy, // the sender's address
	"1": care.ReasonAddress,

	"2.1": care.ReasonAddress, "2.2": care.ReasonMailboxFull,

	"3.1": care.ReasonLater, "3.2": care.ReasonLater,

	"4.5": care.ReasonTooMany, "4.6": care.ReasonOther, "4": care.ReasonConnection,

	"5.3": care.ReasonTooMany,

	"7.8": care.ReasonSignIn, "7.9": care.ReasonSignIn, "7.11": care.ReasonSignIn, "7.12": care.ReasonSignIn, "7.13": care.ReasonSignIn,
	"7.14": care.ReasonSignIn, "7.28": care.ReasonTooMany, "7": care.ReasonPolicy,
}

// smtpReason reads a reply code of RFC 5321 and, where there is one, the
// enhanced one; toReceiver where it answers the receiver's address.
func smtpReason(code int, enhanced string, toReceiver bool) care.NoticeReason {
	switch code {
	case 454, 530, 534, 535, 538: // RFC 4954
		return care.ReasonSignIn
	}
	if first, detail, ok := strings.Cut(enhanced, "."); ok && detail != "0.0" {
		subject, _, _ := strings.Cut(detail, ".")
		reason := enhancedReasons[detail]
		if reason == "" {
			reason = enhancedReasons[subject]
		}
		switch {
		case first == "4" && (reason == "" || reason == care.ReasonPolicy || reason == care.ReasonAddress):
			return care.ReasonLater // a first letter of a stranger is often put off
		case reason == care.ReasonAddress && !toReceiver && strings.HasPrefix(detail, "1."):
			return care.ReasonPolicy // it is the sender's that is refused
		case reason != "":
			return reason
		}
	}
	switch {
	case code == 552:
		return care.ReasonMailboxFull
	case code/100 == 4:
		return care.ReasonLater
	case toReceiver && (code == 550 || code == 551 || code == 553):
		return care.ReasonAddress
	case code == 550 || code == 553 || code == 554:
		return care.ReasonPolicy
	}
	return care.ReasonOther
}

// httpReason says why a service did not take a message, by its answer's status.
func httpReason(status int) care.NoticeReason {
	switch {
	case status == http.StatusUnauthorized:
		return care.ReasonSignIn
	case status == http.StatusForbidden:
		return care.ReasonPolicy
	case status == http.StatusTooManyRequests:
		return care.ReasonTooMany
	case status/100 == 5:
		return care.ReasonLater
	}
	return care.ReasonOther
}

func failed(reason care.NoticeReason, err error) error {
	return &care.SendError{Reason: reason, Err: err}
}
