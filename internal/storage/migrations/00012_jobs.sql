-- Work that was put off, and what people are told of deadlines.

-- +goose Up
CREATE TABLE job (
    job_id       key_text NOT NULL PRIMARY KEY,
    retailer_id  key_text NOT NULL,
    kind         key_text NOT NULL,
    job_key      key_text NOT NULL UNIQUE, -- in the whole installation: the same work twice is one job
    wanted_at    BIGINT NOT NULL, -- as it was queued
    run_at       BIGINT NOT NULL, -- not before; later than wanted after a failure
    payload      TEXT NOT NULL, -- JSON
    attempts     BIGINT NOT NULL,
    leased_until BIGINT, -- NULL = no worker has it
    last_error   TEXT NOT NULL,
    done_at      BIGINT,
    parked_at    BIGINT,
    created_at   BIGINT NOT NULL
);
CREATE INDEX job_due ON job (run_at) WHERE done_at IS NULL AND parked_at IS NULL;
CREATE INDEX job_done ON job (done_at) WHERE done_at IS NOT NULL;
CREATE INDEX job_list ON job (retailer_id, run_at, job_id);

CREATE TABLE alert (
    retailer_id key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    alert_id    key_text NOT NULL,
    role        key_text NOT NULL,
    subject     key_text NOT NULL, -- what it is about: its job's key; one alert for a role
    kind        key_text NOT NULL,
    claim_id    key_text NOT NULL, -- '' = of a request
    request_id  key_text NOT NULL,
    number      key_text NOT NULL,
    centre      key_text NOT NULL,
    deadline    key_text NOT NULL,
    basis       TEXT NOT NULL,
    due         TEXT NOT NULL,
    due_at      BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    settled_at  BIGINT,
    PRIMARY KEY (retailer_id, alert_id),
    UNIQUE (retailer_id, subject, role)
);
CREATE INDEX alert_role ON alert (retailer_id, role, at, alert_id);
CREATE INDEX alert_at ON alert (retailer_id, at, alert_id);
CREATE INDEX alert_claim ON alert (retailer_id, claim_id);

CREATE TABLE alert_seen (
    retailer_id key_text NOT NULL,
    alert_id    key_text NOT NULL,
    user_id     key_text NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (retailer_id, alert_id, user_id),
    FOREIGN KEY (retailer_id, alert_id) REFERENCES alert DEFERRABLE INITIALLY DEFERRED
);

-- +goose Down
DROP TABLE alert_seen;
DROP TABLE alert;
DROP TABLE job;
