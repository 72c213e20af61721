package desk

import (
	"context"

	"github.com/talon-care/talon/internal/care"
)

// NoticeTx keeps messages to customers and programs.
type NoticeTx interface {
	// AddNotice queues a message, unless one of its key was queued before; it
	// tells whether it did.
	AddNotice(ctx context.Context, n care.Notice) (bool, error)
	PutNotice(ctx context.Context, n care.Notice) error
	// Notice reads a message; in a Tx it also locks it until the end.
	Notice(ctx context.Context, retailer, id string) (care.Notice, error)
	// Notices are listed newest first.
	Notices(ctx context.Context, retailer string, f care.NoticeFilter, page care.Page) (items []care.Notice, next string, err error)

	PutWish(ctx context.Context, w care.ContactWish) error
	Wish(ctx context.Context, retailer, customer string) (care.ContactWish, error)

	PutEndpoint(ctx context.Context, e care.Endpoint) error
	// Endpoint reads a program; in a Tx it also locks it until the end.
	Endpoint(ctx context.Context, retailer, id string) (care.Endpoint, error)
	Endpoints(ctx context.Context, retailer string) ([]care.Endpoint, error)
	DeleteEndpoint(ctx context.Context, retailer, id string) error
}
