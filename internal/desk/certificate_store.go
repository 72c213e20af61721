package desk

import (
	"context"

	"github.com/talon-care/talon/internal/care"
)

// CertificateTx keeps the register of certificates.
type CertificateTx interface {
	// PutCertificate stores one; a number that is taken, or a second one that
	// is sold for a sale, gives care.ErrConflict.
	PutCertificate(ctx context.Context, c care.Certificate) error
	// CertificateByNumber folds case, spaces and hyphens.
	CertificateByNumber(ctx context.Context, retailer, number string) (care.Certificate, error)
	// CertificateByLink looks in all retailers: the link is the customer's
	// only name, and it tells the retailer.
	CertificateByLink(ctx context.Context, hash string) (care.Certificate, error)
	// CertificatesOfUnit are newest first.
	CertificatesOfUnit(ctx context.Context, retailer, unit string) ([]care.Certificate, error)
	// Certificates are listed by the day of sale, newest first. A filter by
	// phase lets through all that may have moved.
	Certificates(ctx context.Context, retailer string, f care.CertificateFilter, page care.Page) (items []care.CertificateItem, next string, err error)
	// MovingCertificates are those whose term may have moved since it was
	// written, by id, after one.
	MovingCertificates(ctx context.Context, retailer, after string, limit int) ([]care.Certificate, error)
	// CertificateMonths fills the rows of the income report, whose Month and
	// On are given: one for each currency of a month, or one without any.
	CertificateMonths(ctx context.Context, retailer string, months []care.CertificateMonth) ([]care.CertificateMonth, error)
}
