-- The ledger: what somebody owes somebody, and every step of it.

-- +goose Up
CREATE TABLE money_entry (
    retailer_id  key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    entry_id     key_text NOT NULL,
    claim_id     key_text,          -- NULL = of no claim
    number       TEXT NOT NULL,     -- of the claim, or of what else it belongs to
    what         key_text NOT NULL,
    cause        key_text NOT NULL,
    debtor       key_text NOT NULL,
    creditor     key_text NOT NULL,
    amount       BIGINT NOT NULL,   -- minor units
    currency     key_text NOT NULL,
    clause       TEXT NOT NULL,
    pack         TEXT NOT NULL,
    pack_version TEXT NOT NULL,
    why          TEXT NOT NULL,
    derived      BOOLEAN NOT NULL,
    round        BIGINT NOT NULL,
    state        key_text NOT NULL,
    needs        BIGINT NOT NULL,
    approvals    TEXT NOT NULL,     -- JSON
    reference    TEXT NOT NULL,
    paid_by      TEXT NOT NULL,
    paid_at      BIGINT,
    reason       TEXT NOT NULL,
    waived       BOOLEAN NOT NULL,
    seq          BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL,
    PRIMARY KEY (retailer_id, entry_id),
    FOREIGN KEY (retailer_id, claim_id) REFERENCES claim DEFERRABLE INITIALLY DEFERRED
);
-- Nothing is counted twice.
CREATE UNIQUE INDEX money_entry_cause ON money_entry (retailer_id, coalesce(claim_id, ''), what, cause);
CREATE INDEX money_entry_claim ON money_entry (retailer_id, claim_id, created_at, entry_id);
CREATE INDEX money_entry_state ON money_entry (retailer_id, state, created_at, entry_id);
CREATE INDEX money_entry_made ON money_entry (retailer_id, created_at, entry_id);

CREATE TABLE money_move (
    retailer_id key_text NOT NULL,
    entry_id    key_text NOT NULL,
    seq         BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    step        TEXT NOT NULL,
    change      BIGINT NOT NULL,   -- minor units
    amount      BIGINT NOT NULL,   -- of the entry after it
    currency    TEXT NOT NULL,
    state       TEXT NOT NULL,     -- after it
    actor       TEXT NOT NULL,     -- JSON
    note        TEXT NOT NULL,
    PRIMARY KEY (retailer_id, entry_id, seq),
    FOREIGN KEY (retailer_id, entry_id) REFERENCES money_entry DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX money_move_at ON money_move (retailer_id, at, entry_id, seq);

-- +goose Down
DROP TABLE money_move;
DROP TABLE money_entry;
