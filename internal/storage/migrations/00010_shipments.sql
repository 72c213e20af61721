-- Ways of devices by courier, what carriers reported, and the warnings to those
-- who do not collect.

-- +goose Up
CREATE TABLE shipment_leg (
    retailer_id  key_text NOT NULL,
    leg_id       key_text NOT NULL UNIQUE, -- carriers name it before any retailer is known
    claim_id     key_text NOT NULL,
    claim_number key_text NOT NULL,
    centre       key_text NOT NULL,
    direction    key_text NOT NULL,
    from_kind    TEXT NOT NULL,
    from_place   TEXT NOT NULL,
    to_kind      TEXT NOT NULL,
    to_place     TEXT NOT NULL,
    settlement   TEXT NOT NULL,
    carrier      key_text NOT NULL,
    tracking     TEXT NOT NULL,
    label        TEXT NOT NULL,
    state        key_text NOT NULL,
    fault        TEXT NOT NULL,
    note         TEXT NOT NULL,
    bearer       TEXT NOT NULL,
    why          TEXT NOT NULL,
    clause       TEXT NOT NULL,
    pack         TEXT NOT NULL,
    grams        BIGINT NOT NULL,
    bulky        BOOLEAN NOT NULL,
    worth        BIGINT,
    currency     TEXT NOT NULL,
    pick_up      TEXT,
    promised_by  BIGINT NOT NULL, -- the largest BIGINT = nothing is promised
    promise_day  TEXT,
    promise      TEXT NOT NULL,
    handed_at    BIGINT,
    handed_as    TEXT NOT NULL,
    handed_with  TEXT NOT NULL, -- JSON
    brought_at   BIGINT,
    delivered_at BIGINT,
    arrived_as   TEXT NOT NULL,
    arrived_with TEXT NOT NULL, -- JSON
    cancelled    TEXT NOT NULL,
    created_at   BIGINT,
    updated_at   BIGINT,
    PRIMARY KEY (retailer_id, leg_id),
    FOREIGN KEY (retailer_id, claim_id) REFERENCES claim DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX shipment_leg_claim ON shipment_leg (retailer_id, claim_id, leg_id);
CREATE INDEX shipment_leg_state ON shipment_leg (retailer_id, state, promised_by, leg_id);
CREATE INDEX shipment_leg_due ON shipment_leg (retailer_id, promised_by, leg_id);
-- A device is on one way at a time.
CREATE UNIQUE INDEX shipment_leg_under_way ON shipment_leg (retailer_id, claim_id) WHERE state = 'under_way';

-- Reports are of the carrier, which may repeat them.
CREATE TABLE carrier_event (
    carrier     key_text NOT NULL,
    event_id    key_text NOT NULL,
    retailer_id key_text NOT NULL,
    leg_id      key_text NOT NULL,
    kind        TEXT NOT NULL,
    note        TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (carrier, event_id),
    FOREIGN KEY (retailer_id, leg_id) REFERENCES shipment_leg DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX carrier_event_leg ON carrier_event (retailer_id, leg_id, at);

CREATE TABLE collect_warning (
    retailer_id key_text NOT NULL,
    warning_id  key_text NOT NULL,
    claim_id    key_text NOT NULL,
    ready_at    BIGINT NOT NULL,
    step        BIGINT NOT NULL,
    once        key_text NOT NULL, -- the step, or the id of a warning given by hand
    due         TEXT,
    at          BIGINT NOT NULL,
    actor       TEXT NOT NULL, -- JSON
    how         TEXT NOT NULL,
    PRIMARY KEY (retailer_id, warning_id),
    UNIQUE (retailer_id, claim_id, ready_at, once),
    FOREIGN KEY (retailer_id, claim_id) REFERENCES claim DEFERRABLE INITIALLY DEFERRED
);

-- +goose Down
DROP TABLE collect_warning;
DROP TABLE carrier_event;
DROP TABLE shipment_leg;
