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

-- +goose Down
DROP TABLE certificate;
