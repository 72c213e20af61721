-- Post-warranty certificates: the register. The sale's own columns are what
-- decisions read; from_on, last_on and until_on are derived from the ledger
-- of services whenever that changes.

-- +goose Up
CREATE TABLE certificate (
    retailer_id     key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    certificate_id  key_text NOT NULL,
    number          TEXT NOT NULL,
    number_fold     key_text NOT NULL,
    unit_id         key_text NOT NULL,
    sale_id         key_text NOT NULL,
    customer_id     key_text,
    state           key_text NOT NULL,
    origin          TEXT NOT NULL,
    plan            TEXT NOT NULL,
    price_minor     BIGINT,
    price_currency  TEXT NOT NULL,
    sold_on         key_text NOT NULL, -- '' = unknown, so that lists can stand on it
    sold_at         BIGINT,
    sold_by         TEXT NOT NULL,
    pack_version    TEXT NOT NULL,
    terms_version   TEXT NOT NULL,
    from_on         key_text,
    last_on         key_text,
    until_on        TEXT,
    ended_on        key_text,
    ended_at        BIGINT,
    ended_by        TEXT NOT NULL,
    clause          TEXT NOT NULL,
    reason          TEXT NOT NULL,
    costs_minor     BIGINT,
    costs_currency  TEXT NOT NULL,
    refund_minor    BIGINT,
    refund_currency TEXT NOT NULL,
    paid_at         BIGINT,
    paid_by         TEXT NOT NULL,
    reference       TEXT NOT NULL,
    link_hash       key_text,
    owed            BOOLEAN NOT NULL, -- a refund waits to be paid
    PRIMARY KEY (retailer_id, certificate_id),
    UNIQUE (retailer_id, number_fold),
    FOREIGN KEY (retailer_id, unit_id) REFERENCES unit DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (retailer_id, sale_id) REFERENCES sale DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX certificate_unit ON certificate (retailer_id, unit_id, certificate_id);
CREATE INDEX certificate_sold ON certificate (retailer_id, sold_on, certificate_id);
CREATE INDEX certificate_term ON certificate (retailer_id, last_on, from_on);
CREATE INDEX certificate_ended ON certificate (retailer_id, ended_on) WHERE ended_on IS NOT NULL;
CREATE INDEX certificate_owed ON certificate (retailer_id, sold_on, certificate_id) WHERE owed;
CREATE UNIQUE INDEX certificate_live ON certificate (retailer_id, sale_id) WHERE state = 'sold';
CREATE UNIQUE INDEX certificate_link ON certificate (link_hash) WHERE link_hash IS NOT NULL;

-- What was imported before there was a register: the last sale that names a
-- number has it. Its term is derived when something happens to the unit.
INSERT INTO certificate (retailer_id, certificate_id, number, number_fold, unit_id, sale_id, customer_id, state, origin, plan,
    price_minor, price_currency, sold_on, sold_by, pack_version, terms_version, ended_by, clause, reason, costs_currency,
    refund_currency, paid_by, reference, owed)
SELECT s.retailer_id, s.sale_id, s.certificate, s.certificate_fold, s.unit_id, s.sale_id, s.customer_id, 'sold', 'import', '',
    s.certificate_price_minor, s.certificate_price_currency, coalesce(s.certificate_sold_on, ''), '', s.pack_version, s.pack_version,
    '', '', '', '', '', '', '', FALSE
FROM sale s
WHERE s.certificate_fold IS NOT NULL AND s.unit_id IS NOT NULL AND s.rescinded_on IS NULL
    AND s.sale_id = (SELECT max(o.sale_id) FROM sale o WHERE o.retailer_id = s.retailer_id AND o.certificate_fold = s.certificate_fold
        AND o.unit_id IS NOT NULL AND o.rescinded_on IS NULL);

-- +goose Down
DROP TABLE certificate;
