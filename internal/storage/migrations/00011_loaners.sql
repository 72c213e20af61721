-- Devices that are lent for the time of a repair; what suppliers owe for
-- warranty work.

-- +goose Up
CREATE TABLE loaner (
    retailer_id key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    loaner_id   key_text NOT NULL,
    category    key_text NOT NULL,
    brand       TEXT NOT NULL,
    model       TEXT NOT NULL,
    serial      TEXT NOT NULL,
    serial_fold key_text NOT NULL,
    condition   TEXT NOT NULL,
    place       TEXT NOT NULL,
    state       key_text NOT NULL,
    note        TEXT NOT NULL,
    added_at    BIGINT NOT NULL,
    PRIMARY KEY (retailer_id, loaner_id),
    UNIQUE (retailer_id, serial_fold)
);
CREATE INDEX loaner_state ON loaner (retailer_id, state, category, loaner_id);

CREATE TABLE loan (
    retailer_id   key_text NOT NULL,
    loan_id       key_text NOT NULL,
    claim_id      key_text NOT NULL,
    number        TEXT NOT NULL,
    category      TEXT NOT NULL,
    state         key_text NOT NULL,
    next_at       BIGINT NOT NULL, -- when it is late; the largest BIGINT = nothing runs
    demanded_at   BIGINT NOT NULL,
    demanded_by   TEXT NOT NULL,
    due           TEXT NOT NULL,
    due_at        BIGINT,
    clause        TEXT NOT NULL,
    loaner_id     key_text,
    lent_at       BIGINT,
    lent_by       TEXT NOT NULL,
    condition_out TEXT NOT NULL,
    back_by       BIGINT,
    returned_at   BIGINT,
    returned_by   TEXT NOT NULL,
    condition_in  TEXT NOT NULL,
    damage        TEXT NOT NULL,
    note          TEXT NOT NULL,
    ended_at      BIGINT,
    PRIMARY KEY (retailer_id, loan_id),
    FOREIGN KEY (retailer_id, claim_id) REFERENCES claim DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (retailer_id, loaner_id) REFERENCES loaner DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX loan_claim ON loan (retailer_id, claim_id, loan_id);
CREATE INDEX loan_next ON loan (retailer_id, state, next_at, loan_id);
CREATE INDEX loan_loaner ON loan (retailer_id, loaner_id);

CREATE TABLE recovery_batch (
    retailer_id key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    batch_id    key_text NOT NULL,
    number      key_text NOT NULL,
    supplier    key_text NOT NULL,
    state       key_text NOT NULL,
    created_at  BIGINT NOT NULL,
    created_by  TEXT NOT NULL,
    sent_at     BIGINT,
    answer_by   TEXT, -- the last day of the agreed term
    paid_at     BIGINT,
    reference   TEXT NOT NULL,
    PRIMARY KEY (retailer_id, batch_id),
    UNIQUE (retailer_id, number)
);

CREATE TABLE recovery (
    retailer_id key_text NOT NULL,
    recovery_id key_text NOT NULL,
    claim_id    key_text NOT NULL,
    cause       key_text NOT NULL, -- event and part that it came of: none is claimed twice
    number      TEXT NOT NULL,
    supplier    key_text NOT NULL,
    centre      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    what        TEXT NOT NULL,
    amount      BIGINT NOT NULL,
    currency    key_text NOT NULL,
    earned_on   key_text NOT NULL, -- the shop's date
    earned_at   BIGINT NOT NULL,
    state       key_text NOT NULL,
    batch_id    key_text,
    agreed      BIGINT,
    reason      TEXT NOT NULL,
    answered_at BIGINT,
    paid_at     BIGINT,
    reference   TEXT NOT NULL,
    PRIMARY KEY (retailer_id, recovery_id),
    UNIQUE (retailer_id, claim_id, cause),
    FOREIGN KEY (retailer_id, claim_id) REFERENCES claim DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (retailer_id, batch_id) REFERENCES recovery_batch DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX recovery_state ON recovery (retailer_id, state, supplier, earned_at, recovery_id);
CREATE INDEX recovery_list ON recovery (retailer_id, earned_at, recovery_id);
CREATE INDEX recovery_batch_lines ON recovery (retailer_id, batch_id, recovery_id);

-- +goose Down
DROP TABLE recovery;
DROP TABLE recovery_batch;
DROP TABLE loan;
DROP TABLE loaner;
