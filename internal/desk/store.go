package desk

import (
	"context"
	"time"

	"github.com/talon-care/talon/internal/care"
)

// Store runs transactions. A database whose transactions are a type of its
// own becomes a Store by StoreOf.
type Store interface {
	// Tx runs fn in one read-write transaction: committed when fn returns
	// nil, rolled back otherwise. fn may be run again after a serialisation
	// failure, so it must not have effects outside the transaction.
	Tx(ctx context.Context, fn func(Tx) error) error
	// View runs fn in a read-only transaction.
	View(ctx context.Context, fn func(Tx) error) error
}

// Database is a store whose transactions are of type T.
type Database[T Tx] interface {
	Tx(ctx context.Context, fn func(T) error) error
	View(ctx context.Context, fn func(T) error) error
}

// StoreOf makes a Store of a database, so that storage need not import desk.
func StoreOf[T Tx](db Database[T]) Store { return adapted[T]{db} }

type adapted[T Tx] struct{ db Database[T] }

func (a adapted[T]) Tx(ctx context.Context, fn func(Tx) error) error {
	return a.db.Tx(ctx, func(t T) error { return fn(t) })
}

func (a adapted[T]) View(ctx context.Context, fn func(Tx) error) error {
	return a.db.View(ctx, func(t T) error { return fn(t) })
}

// Tx is one transaction. Every method that touches a retailer's data takes
// the retailer's id and sees nothing else. What is not there gives
// care.ErrNotFound; a unique key that is taken, or a claim that moved on
// meanwhile, gives care.ErrConflict. Instants are UTC, whole microseconds.
// Put means insert, or replace the row with the same id.
type Tx interface {
	RegistryTx
	RequestTx
	ClaimTx
	PeopleTx
	JournalTx
	ShipmentTx
	MoneyTx
	JobTx
	AlertTx
	LoanerTx
	RecoveryTx
	CertificateTx
	ConsultTx
	CatalogueTx
	AttachmentTx
	NoticeTx
	ReportTx
}

// ReportTx counts.
type ReportTx interface {
	// EachReportClaim gives the claims of a report to each, oldest first.
	EachReportClaim(ctx context.Context, retailer string, f care.ReportFilter, each func(care.ReportClaim)) error
	// EachRefusal gives the clauses that their latest decisions refuse by.
	EachRefusal(ctx context.Context, retailer string, f care.ReportFilter, each func(care.ReportRefusal)) error
	// SoldOfModels sets how many units of each model the registry knows.
	SoldOfModels(ctx context.Context, retailer string, models []care.ModelCount) error
	// ReportCosts sums the ledger's entries made in a time, and what
	// suppliers owe for work done in it.
	ReportCosts(ctx context.Context, retailer string, from, before time.Time) ([]care.CostCount, error)
	// Urgencies counts the open claims by role and how soon they are due.
	Urgencies(ctx context.Context, retailer string, at time.Time) ([]care.Urgency, error)
}

// RegistryTx keeps what was sold.
type RegistryTx interface {
	PutRetailer(ctx context.Context, r care.Retailer) error
	Retailer(ctx context.Context, retailer string) (care.Retailer, error)
	Retailers(ctx context.Context) ([]care.Retailer, error) // by id

	PutPlace(ctx context.Context, p care.Place) error
	Place(ctx context.Context, retailer, id string) (care.Place, error)
	Places(ctx context.Context, retailer string) ([]care.Place, error) // by id

	PutProduct(ctx context.Context, p care.Product) error
	Product(ctx context.Context, retailer, id string) (care.Product, error)
	// ProductBySKU finds by the retailer's article, exactly as written.
	ProductBySKU(ctx context.Context, retailer, sku string) (care.Product, error)
	Products(ctx context.Context, retailer string, page care.Page) (items []care.Product, next string, err error)

	PutUnit(ctx context.Context, u care.Unit) error
	Unit(ctx context.Context, retailer, id string) (care.Unit, error)
	// UnitsByIdentity finds units whose serial, IMEI or second IMEI equals
	// the text after folding (case, spaces, hyphens); newest first.
	UnitsByIdentity(ctx context.Context, retailer, text string) ([]care.Unit, error)
	// UnitReplacing finds the unit that was given for another.
	UnitReplacing(ctx context.Context, retailer, id string) (care.Unit, error)

	PutSale(ctx context.Context, s care.Sale) error
	Sale(ctx context.Context, retailer, id string) (care.Sale, error)
	// SaleByKey finds an imported sale by its stable key.
	SaleByKey(ctx context.Context, retailer, key string) (care.Sale, error)
	// SaleOfUnit is the latest sale of a unit.
	SaleOfUnit(ctx context.Context, retailer, unit string) (care.Sale, error)
	// HaveSaleKeys tells which of the keys are there already: one query for
	// a batch of an import.
	HaveSaleKeys(ctx context.Context, retailer string, keys []string) (map[string]bool, error)

	PutCustomer(ctx context.Context, c care.Customer) error
	Customer(ctx context.Context, retailer, id string) (care.Customer, error)
	// CustomerByContact finds by phone (digits compared) or e-mail (folded);
	// "" matches nothing.
	CustomerByContact(ctx context.Context, retailer, phone, email string) (care.Customer, error)
	// SearchCustomers finds by name, e-mail or the end of the phone; a text
	// without a letter or digit finds nobody.
	SearchCustomers(ctx context.Context, retailer, text string, limit int) ([]care.Customer, error)
	// SearchUnits finds by serial, IMEI, model, customer's name or phone,
	// receipt number or certificate number.
	SearchUnits(ctx context.Context, retailer, text string, page care.Page) (items []care.UnitRecord, next string, err error)
}

// RequestTx keeps requests, their threads and their tracking links.
type RequestTx interface {
	PutRequest(ctx context.Context, r care.Request) error
	Request(ctx context.Context, retailer, id string) (care.Request, error)
	// Requests are listed by AnswerUntil (those without one last), then id.
	Requests(ctx context.Context, retailer string, f care.RequestFilter, page care.Page) (items []care.Request, next string, err error)

	AddMessage(ctx context.Context, m care.Message) error
	// Messages of a request, oldest first.
	Messages(ctx context.Context, retailer, request string) ([]care.Message, error)

	AddTracking(ctx context.Context, t care.Tracking) error
	// TrackingByHash looks a link up in all retailers: the link is the
	// customer's only name, and it tells the retailer.
	TrackingByHash(ctx context.Context, hash string) (care.Tracking, error)
}

// ClaimTx keeps claims and their events.
type ClaimTx interface {
	// SaveClaim stores the claim as it is after the events, appends them,
	// and brings the rows that are derived from the claim (stays by unit,
	// deadlines, columns of the work list) in line with it. events are
	// consecutive and end at c.Seq; when the log's last Seq is not
	// events[0].Seq-1, the answer is care.ErrConflict. The claim is stored
	// as JSON whose text is kept byte for byte (not jsonb), since frozen
	// facts and decisions are inside.
	SaveClaim(ctx context.Context, c care.Claim, events []care.Event) error
	// Claim reads a claim; in a Tx it also locks it until the end.
	Claim(ctx context.Context, retailer, id string) (care.Claim, error)
	ClaimByNumber(ctx context.Context, retailer, number string) (care.Claim, error)
	// Events of a claim, by Seq.
	Events(ctx context.Context, retailer, claim string) ([]care.Event, error)
	// ClaimsOfUnit lists the claims on a unit, oldest first.
	ClaimsOfUnit(ctx context.Context, retailer, unit string) ([]care.Claim, error)

	// AddStay records a service done before the registry was kept (Claim
	// is ""); stays of claims come from SaveClaim.
	AddStay(ctx context.Context, s care.Stay) error
	// StaysOfUnit is the prolongation ledger of a unit: by Demanded, then
	// claim, then index.
	StaysOfUnit(ctx context.Context, retailer, unit string) ([]care.Stay, error)

	Work(ctx context.Context, retailer string, f care.WorkFilter, page care.Page) (items []care.WorkItem, next string, err error)
	WorkCounts(ctx context.Context, retailer string, f care.WorkFilter) (care.WorkCounts, error)
	// ClaimIDs lists ids of all claims in order of id, after the given one;
	// for re-deciding and for checks.
	ClaimIDs(ctx context.Context, retailer, after string, limit int) ([]string, error)
}

// PeopleTx keeps who may come in.
type PeopleTx interface {
	PutUser(ctx context.Context, u care.User) error
	User(ctx context.Context, retailer, id string) (care.User, error)
	// UserByEmail looks in all retailers: an address signs in to one.
	UserByEmail(ctx context.Context, email string) (care.User, error)
	Users(ctx context.Context, retailer string) ([]care.User, error) // by name, then id

	AddSession(ctx context.Context, s care.Session) error
	SessionByHash(ctx context.Context, hash string) (care.Session, error)
	TouchSession(ctx context.Context, hash string, seen, expires time.Time) error
	DeleteSession(ctx context.Context, hash string) error
	DeleteSessionsOf(ctx context.Context, retailer, user string) error
	DeleteSessionsBefore(ctx context.Context, expired time.Time) (int, error)

	PutClient(ctx context.Context, c care.Client) error
	ClientByHash(ctx context.Context, hash string) (care.Client, error)
	Clients(ctx context.Context, retailer string) ([]care.Client, error)

	// Hit counts one more event under the key in the window that starts at
	// the instant, and tells the count in this window; older windows of the
	// key may be dropped. It is how sign-ins are limited on every machine.
	Hit(ctx context.Context, key string, window time.Time) (int, error)
	// Hits tells the count without adding to it.
	Hits(ctx context.Context, key string, window time.Time) (int, error)
	// ForgetHits drops the key's counts, after a good sign-in.
	ForgetHits(ctx context.Context, key string) error
}

// JournalTx keeps what must not be lost: audit, numbers, repeated writes.
type JournalTx interface {
	AddAudit(ctx context.Context, a care.Audit) error
	Audits(ctx context.Context, retailer string, f care.AuditFilter, page care.Page) (items []care.Audit, next string, err error)

	// NextNumber gives 1, 2, 3 … for a series of a retailer and year
	// ("RMA", "REQ"); a rolled back transaction gives its number back.
	NextNumber(ctx context.Context, retailer, series string, year int) (int, error)

	// Idempotent finds a stored answer.
	Idempotent(ctx context.Context, retailer, client, key string) (care.Idempotent, error)
	// PutIdempotent stores or completes one. Storing a new one (Status 0)
	// under a key that is taken gives care.ErrConflict.
	PutIdempotent(ctx context.Context, i care.Idempotent) error
	DeleteIdempotent(ctx context.Context, retailer, client, key string) error
	DeleteIdempotentBefore(ctx context.Context, created time.Time) (int, error)
}

// ShipmentTx keeps ways by courier, and the warnings to those who do not
// collect.
type ShipmentTx interface {
	// PutLeg stores a leg; a second one under way on a claim is refused.
	PutLeg(ctx context.Context, l care.Leg) error
	// Leg reads a leg; in a Tx it also locks it until the end.
	Leg(ctx context.Context, retailer, id string) (care.Leg, error)
	// RetailerOfLeg looks in all retailers: a carrier knows no other name.
	RetailerOfLeg(ctx context.Context, id string) (retailer string, err error)
	LegsOfClaim(ctx context.Context, retailer, claim string) ([]care.Leg, error) // oldest first
	// Legs are listed by PromisedBy (those without one last), then id.
	Legs(ctx context.Context, retailer string, f care.LegFilter, page care.Page) (items []care.Leg, next string, err error)

	// AddCarrierEvent gives care.ErrConflict for a report that was noted.
	AddCarrierEvent(ctx context.Context, retailer string, e care.CarrierEvent) error
	CarrierEvents(ctx context.Context, retailer, leg string) ([]care.CarrierEvent, error) // oldest first

	// AddWarned gives care.ErrConflict for a step that was taken.
	AddWarned(ctx context.Context, w care.Warned) error
	Warnings(ctx context.Context, retailer, claim string, ready time.Time) ([]care.Warned, error) // oldest first
}
