-- Who may come in, and what must not be lost.

-- +goose Up
CREATE TABLE staff_user (
    retailer_id key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    user_id     key_text NOT NULL,
    email       key_text NOT NULL UNIQUE, -- in the whole installation: an address signs in to one retailer
    name        key_text NOT NULL,
    role        TEXT NOT NULL,
    place       TEXT NOT NULL,
    lang        TEXT NOT NULL,
    password    TEXT NOT NULL,
    disabled    BOOLEAN NOT NULL,
    created_at  BIGINT,
    PRIMARY KEY (retailer_id, user_id)
);

CREATE TABLE session (
    hash        key_text NOT NULL PRIMARY KEY,
    retailer_id key_text NOT NULL,
    user_id     key_text NOT NULL,
    created_at  BIGINT,
    seen_at     BIGINT,
    expires_at  BIGINT NOT NULL,
    FOREIGN KEY (retailer_id, user_id) REFERENCES staff_user DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX session_staff ON session (retailer_id, user_id);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE api_client (
    retailer_id key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    client_id   key_text NOT NULL,
    name        TEXT NOT NULL,
    role        TEXT NOT NULL,
    hash        key_text NOT NULL UNIQUE,
    created_at  BIGINT,
    disabled    BOOLEAN NOT NULL,
    PRIMARY KEY (retailer_id, client_id)
);

-- How often something was tried, per key and window of time. The keys are of
-- the door (an address, an e-mail), so they stand before any retailer.
CREATE TABLE attempt (
    attempt_key  key_text NOT NULL,
    window_start BIGINT NOT NULL,
    hits         BIGINT NOT NULL,
    PRIMARY KEY (attempt_key, window_start)
);
CREATE INDEX attempt_window ON attempt (window_start);

-- Append-only: see 00005. The retailer may be '' for what is nobody's.
CREATE TABLE audit (
    retailer_id key_text NOT NULL,
    audit_id    key_text NOT NULL,
    at          BIGINT NOT NULL,
    actor_id    key_text NOT NULL,
    actor       TEXT NOT NULL, -- JSON
    action      key_text NOT NULL,
    object      key_text NOT NULL,
    object_id   key_text NOT NULL,
    reason      TEXT NOT NULL,
    details     TEXT NOT NULL, -- JSON
    PRIMARY KEY (retailer_id, audit_id)
);
CREATE INDEX audit_at ON audit (retailer_id, at, audit_id);
CREATE INDEX audit_object ON audit (retailer_id, object, object_id, at, audit_id);
CREATE INDEX audit_action ON audit (retailer_id, action, at, audit_id);
CREATE INDEX audit_actor ON audit (retailer_id, actor_id, at, audit_id);

CREATE TABLE number_series (
    retailer_id key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    series      key_text NOT NULL,
    of_year     BIGINT NOT NULL,
    last_number BIGINT NOT NULL,
    PRIMARY KEY (retailer_id, series, of_year)
);

CREATE TABLE idempotent (
    retailer_id  key_text NOT NULL,
    client_id    key_text NOT NULL,
    idem_key     key_text NOT NULL,
    request_hash TEXT NOT NULL,
    status       BIGINT NOT NULL, -- 0 = the first request is still in flight
    header       TEXT NOT NULL,
    body         BYTEA,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (retailer_id, client_id, idem_key)
);
CREATE INDEX idempotent_age ON idempotent (created_at);

-- +goose Down
DROP TABLE idempotent;
DROP TABLE number_series;
DROP TABLE audit;
DROP TABLE attempt;
DROP TABLE api_client;
DROP TABLE session;
DROP TABLE staff_user;
