-- Requests, their threads and links; claims, their events and what is derived
-- from them.

-- +goose Up
CREATE TABLE request (
    retailer_id  key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    request_id   key_text NOT NULL,
    number       key_text NOT NULL,
    kind         key_text NOT NULL,
    channel      TEXT NOT NULL,
    lang         TEXT NOT NULL,
    state        key_text NOT NULL,
    customer_id  key_text,
    unit_id      key_text,
    claim_id     key_text,
    subject      TEXT NOT NULL,
    body         TEXT NOT NULL,
    return_by    TEXT NOT NULL,
    address      TEXT NOT NULL,
    settlement   TEXT NOT NULL,
    received_at  BIGINT,
    answer_until BIGINT NOT NULL, -- the largest BIGINT = nothing is promised
    answer_due   TEXT NOT NULL,
    answered_at  BIGINT,
    updated_at   BIGINT,
    slot         BIGINT,
    PRIMARY KEY (retailer_id, request_id),
    UNIQUE (retailer_id, number),
    FOREIGN KEY (retailer_id, customer_id) REFERENCES customer DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (retailer_id, unit_id) REFERENCES unit DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX request_due ON request (retailer_id, answer_until, request_id);
CREATE INDEX request_state ON request (retailer_id, state, answer_until, request_id);
CREATE INDEX request_customer ON request (retailer_id, customer_id);
CREATE INDEX request_unit ON request (retailer_id, unit_id);

CREATE TABLE request_message (
    retailer_id key_text NOT NULL,
    request_id  key_text NOT NULL,
    message_id  key_text NOT NULL,
    seq         BIGINT NOT NULL, -- order within the thread
    at          BIGINT NOT NULL,
    actor       TEXT NOT NULL,   -- JSON
    body        TEXT NOT NULL,
    internal    BOOLEAN NOT NULL,
    PRIMARY KEY (retailer_id, request_id, seq),
    UNIQUE (retailer_id, message_id),
    FOREIGN KEY (retailer_id, request_id) REFERENCES request DEFERRABLE INITIALLY DEFERRED
);

-- Links are looked up before the retailer is known, so the hash alone is the
-- key.
CREATE TABLE tracking (
    hash        key_text NOT NULL PRIMARY KEY,
    retailer_id key_text NOT NULL,
    request_id  key_text NOT NULL,
    claim_id    TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    created_at  BIGINT,
    expires_at  BIGINT,
    FOREIGN KEY (retailer_id, request_id) REFERENCES request DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX tracking_request ON tracking (retailer_id, request_id);

-- The claim as its events make it: the document, and the columns that lists
-- need. seq is the version that a writer must have seen.
CREATE TABLE claim (
    retailer_id   key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    claim_id      key_text NOT NULL,
    number        key_text NOT NULL,
    seq           BIGINT NOT NULL,
    state         key_text NOT NULL,
    wait          TEXT NOT NULL,
    owner         key_text NOT NULL,
    due           BIGINT NOT NULL, -- the largest BIGINT = it is over; one less = open without a clock
    due_name      TEXT NOT NULL,
    is_over       BOOLEAN NOT NULL,
    request_id    key_text,
    customer_id   key_text,
    unit_id       key_text,
    holder        TEXT NOT NULL,
    holder_place  TEXT NOT NULL,
    centre        key_text,
    assignee      key_text,
    category      TEXT NOT NULL,
    brand         TEXT NOT NULL,
    model         TEXT NOT NULL,
    serial        TEXT NOT NULL,
    imei          TEXT NOT NULL,
    serial_fold   key_text,
    imei_fold     key_text,
    imei2_fold    key_text,
    basis         TEXT NOT NULL,
    outcome       TEXT NOT NULL,
    pack          TEXT NOT NULL,
    pack_version  TEXT NOT NULL,
    opened_at     BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    closed_at     BIGINT,
    document      TEXT NOT NULL, -- JSON, byte for byte; last, so that lists do not read over it
    PRIMARY KEY (retailer_id, claim_id),
    UNIQUE (retailer_id, number),
    FOREIGN KEY (retailer_id, request_id) REFERENCES request DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (retailer_id, customer_id) REFERENCES customer DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (retailer_id, unit_id) REFERENCES unit DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX claim_due ON claim (retailer_id, due, claim_id);
CREATE INDEX claim_state ON claim (retailer_id, state, due, claim_id);
CREATE INDEX claim_count ON claim (retailer_id, is_over, state, owner, due); -- all that WorkCounts needs
CREATE INDEX claim_owner ON claim (retailer_id, owner, due, claim_id);
CREATE INDEX claim_centre ON claim (retailer_id, centre, due, claim_id) WHERE centre IS NOT NULL;
CREATE INDEX claim_assignee ON claim (retailer_id, assignee, due, claim_id) WHERE assignee IS NOT NULL;
CREATE INDEX claim_request ON claim (retailer_id, request_id);
CREATE INDEX claim_customer ON claim (retailer_id, customer_id);
CREATE INDEX claim_unit ON claim (retailer_id, unit_id, opened_at);
CREATE INDEX claim_serial ON claim (retailer_id, serial_fold) WHERE serial_fold IS NOT NULL;
CREATE INDEX claim_imei ON claim (retailer_id, imei_fold) WHERE imei_fold IS NOT NULL;
CREATE INDEX claim_imei2 ON claim (retailer_id, imei2_fold) WHERE imei2_fold IS NOT NULL;

-- Append-only: 00005 makes the engine refuse to change or delete a row.
CREATE TABLE claim_event (
    retailer_id key_text NOT NULL,
    claim_id    key_text NOT NULL,
    seq         BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    actor       TEXT NOT NULL, -- JSON
    data        TEXT NOT NULL, -- JSON, byte for byte
    PRIMARY KEY (retailer_id, claim_id, seq),
    FOREIGN KEY (retailer_id, claim_id) REFERENCES claim DEFERRABLE INITIALLY DEFERRED
);

-- Derived from the claim, for what has to act in time.
CREATE TABLE claim_deadline (
    retailer_id key_text NOT NULL,
    claim_id    key_text NOT NULL,
    idx         BIGINT NOT NULL,
    name        TEXT NOT NULL,
    basis       TEXT NOT NULL,
    due_at      BIGINT NOT NULL,
    state       TEXT NOT NULL,
    settled_at  BIGINT,
    clause      TEXT NOT NULL,
    PRIMARY KEY (retailer_id, claim_id, idx),
    FOREIGN KEY (retailer_id, claim_id) REFERENCES claim DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX claim_deadline_open ON claim_deadline (retailer_id, due_at) WHERE state = 'open';

-- The prolongation ledger by unit: from claims, and from before the registry
-- was kept (claim_id is '').
CREATE TABLE service_stay (
    retailer_id key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    unit_id     key_text NOT NULL,
    claim_id    key_text NOT NULL,
    idx         BIGINT NOT NULL,
    demanded_at BIGINT,
    accepted_at BIGINT,
    released_at BIGINT,
    kind        TEXT NOT NULL,
    outcome     TEXT NOT NULL,
    centre      TEXT NOT NULL,
    basis       TEXT NOT NULL,
    defect      TEXT NOT NULL,
    PRIMARY KEY (retailer_id, unit_id, claim_id, idx),
    FOREIGN KEY (retailer_id, unit_id) REFERENCES unit DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX service_stay_claim ON service_stay (retailer_id, claim_id);

-- +goose Down
DROP TABLE service_stay;
DROP TABLE claim_deadline;
DROP TABLE claim_event;
DROP TABLE claim;
DROP TABLE tracking;
DROP TABLE request_message;
DROP TABLE request;
