package storage

import (
	"context"

	"github.com/talon-care/talon/internal/care"
)

// PutUnit stores a unit.
func (t *Tx) PutUnit(ctx context.Context, u care.Unit) error {
	err := t.put(ctx, "unit", 2, []column{
		{"retailer_id", u.Retailer}, {"unit_id", u.ID}, {"product_id", some(u.Product)}, {"category", u.Category},
		{"brand", u.Brand}, {"model", u.Model}, {"serial", u.Serial}, {"imei", u.IMEI}, {"imei2", u.IMEI2},
		{"replaces", some(u.Replaces)}, {"digital_elements", null(u.DigitalElements)},
		{"serial_fold", some(foldIdentity(u.Serial))}, {"imei_fold", some(foldIdentity(u.IMEI))},
		{"imei2_fold", some(foldIdentity(u.IMEI2))},
	})
	if err != nil {
		return wrap("put unit", err)
	}
	// A unit of a product is found by the product's words.
	var words []string
	if u.Product == "" {
		words = foldWords(u.Brand + " " + u.Model)
	}
	return wrap("put unit", t.indexWords(ctx, u.Retailer, unitScope, u.ID, words))
}

const unitColumns = `u.retailer_id, u.unit_id, u.product_id, u.category, u.brand, u.model, u.serial, u.imei, u.imei2, u.replaces,
	u.digital_elements`

func unitFields(u *care.Unit) []any {
	return []any{&u.Retailer, &u.ID, intoText{&u.Product}, &u.Category, &u.Brand, &u.Model, &u.Serial, &u.IMEI, &u.IMEI2,
		intoText{&u.Replaces}, &u.DigitalElements}
}

// Unit finds a unit.
func (t *Tx) Unit(ctx context.Context, retailer, id string) (care.Unit, error) {
	var u care.Unit
	err := t.one(ctx, "SELECT "+unitColumns+" FROM unit u WHERE u.retailer_id = $1 AND u.unit_id = $2", []any{retailer, id}, unitFields(&u)...)
	return u, wrap("unit", err)
}

// unitsByIdentity asks each index by itself: an OR over three columns would
// read the table.
const unitsByIdentity = "SELECT " + unitColumns + ` FROM unit u
	LEFT JOIN (SELECT retailer_id, unit_id, max(sold_on) AS sold_on FROM sale
		WHERE retailer_id = $1 AND unit_id IN (` + idsByIdentity + `) GROUP BY retailer_id, unit_id) s
		ON s.retailer_id = u.retailer_id AND s.unit_id = u.unit_id
	WHERE u.retailer_id = $1 AND u.unit_id IN (` + idsByIdentity + `)
	ORDER BY coalesce(s.sold_on, '') DESC, u.unit_id DESC`

const idsByIdentity = `SELECT unit_id FROM unit WHERE retailer_id = $1 AND serial_fold = $2
	UNION SELECT unit_id FROM unit WHERE retailer_id = $1 AND imei_fold = $2
	UNION SELECT unit_id FROM unit WHERE retailer_id = $1 AND imei2_fold = $2`

// UnitsByIdentity finds units by serial or IMEI: the one sold last first.
func (t *Tx) UnitsByIdentity(ctx context.Context, retailer, text string) ([]care.Unit, error) {
	folded := foldIdentity(text)
	if err := clean(text); err != nil || folded == "" {
		return nil, wrap("units by identity", err)
	}
	units, err := list(ctx, t, unitFields, unitsByIdentity, retailer, folded)
	return units, wrap("units by identity", err)
}

// UnitReplacing finds the unit that was given for another; the latest if a
// claim was reopened and several were.
func (t *Tx) UnitReplacing(ctx context.Context, retailer, id string) (care.Unit, error) {
	var u care.Unit
	err := t.one(ctx, "SELECT "+unitColumns+" FROM unit u WHERE u.retailer_id = $1 AND u.replaces = $2 ORDER BY u.unit_id DESC LIMIT 1",
		[]any{retailer, id}, unitFields(&u)...)
	return u, wrap("unit replacing", err)
}
