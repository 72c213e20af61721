package care

import "errors"

// NoticeReason says in a word why a message did not go out.
type NoticeReason string

// The reasons. Those of mail are the classes of RFC 5321 and RFC 3463.
const (
	ReasonAddress     NoticeReason = "address"      // there is no such address, or it takes nothing
	ReasonMailboxFull NoticeReason = "mailbox_full" // the receiver's
	ReasonConnection  NoticeReason = "connection"   // the next hop, or the one behind it, was not reached
	ReasonSignIn      NoticeReason = "sign_in"      // the next hop does not know who sends
	ReasonPolicy      NoticeReason = "policy"       // taken for spam, or against the receiver's rules
	ReasonTooMany     NoticeReason = "too_many"     // too many at once
	ReasonLater       NoticeReason = "later"        // the receiver is busy
	ReasonOther       NoticeReason = "other"
)

// NoticeReasons lists the reasons.
func NoticeReasons() []NoticeReason {
	return []NoticeReason{ReasonAddress, ReasonMailboxFull, ReasonConnection, ReasonSignIn, ReasonPolicy, ReasonTooMany, ReasonLater, ReasonOther}
}

// SendError is a message that a next hop did not take.
type SendError struct {
	Reason NoticeReason
	Err    error // in the words of whoever did not take it
}

func (e *SendError) Error() string { return e.Err.Error() }

func (e *SendError) Unwrap() error { return e.Err }

// ReasonOf is why a message did not go out.
func ReasonOf(err error) NoticeReason {
	var failed *SendError
	if errors.As(err, &failed) {
		return failed.Reason
	}
	return ReasonOther
}
