-- Messages to customers and to programs.

-- +goose Up
CREATE TABLE notice (
    retailer_id key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    notice_id   key_text NOT NULL,
    notice_key  key_text NOT NULL, -- occasion, channel and receiver: never twice
    occasion    key_text NOT NULL,
    channel     key_text NOT NULL,
    receiver    TEXT NOT NULL,
    lang        TEXT NOT NULL,
    request_id  key_text NOT NULL, -- '' = none
    claim_id    key_text NOT NULL, -- '' = of a request, or of none
    customer_id key_text NOT NULL, -- '' = to a program
    number      key_text NOT NULL,
    facts       TEXT NOT NULL, -- JSON
    state       key_text NOT NULL,
    attempts    BIGINT NOT NULL,
    retry_at    BIGINT,
    last_error  TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    ended_at    BIGINT,
    provider_id TEXT NOT NULL,
    subject     TEXT NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (retailer_id, notice_id),
    UNIQUE (retailer_id, notice_key)
);
CREATE INDEX notice_list ON notice (retailer_id, created_at, notice_id);
CREATE INDEX notice_state ON notice (retailer_id, state, created_at, notice_id);
CREATE INDEX notice_claim ON notice (retailer_id, claim_id, created_at, notice_id);
CREATE INDEX notice_request ON notice (retailer_id, request_id, created_at, notice_id);

CREATE TABLE contact_wish (
    retailer_id key_text NOT NULL,
    customer_id key_text NOT NULL,
    off         BOOLEAN NOT NULL,
    channels    TEXT NOT NULL, -- names separated by blanks
    telegram    TEXT NOT NULL,
    updated_at  BIGINT NOT NULL,
    PRIMARY KEY (retailer_id, customer_id),
    FOREIGN KEY (retailer_id, customer_id) REFERENCES customer DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE webhook_endpoint (
    retailer_id key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    endpoint_id key_text NOT NULL,
    url         TEXT NOT NULL,
    secret      TEXT NOT NULL,
    types       TEXT NOT NULL, -- names separated by blanks; '' = all
    enabled     BOOLEAN NOT NULL,
    created_at  BIGINT NOT NULL,
    failing_at  BIGINT,
    stopped_at  BIGINT,
    sent_at     BIGINT,
    PRIMARY KEY (retailer_id, endpoint_id)
);

-- +goose Down
DROP TABLE webhook_endpoint;
DROP TABLE contact_wish;
DROP TABLE notice;
