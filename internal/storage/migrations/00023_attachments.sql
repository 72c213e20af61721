-- Photos and papers that people hand in with requests and claims; what
-- couriers take.

-- +goose Up
CREATE TABLE attachment (
    retailer_id   key_text NOT NULL,
    attachment_id key_text NOT NULL,
    request_id    key_text NOT NULL,
    subject       TEXT NOT NULL,
    event         BIGINT NOT NULL,
    kind          TEXT NOT NULL,
    file_name     TEXT NOT NULL,
    file_type     TEXT NOT NULL,
    file_size     BIGINT NOT NULL,
    hash          TEXT NOT NULL,
    width         BIGINT NOT NULL,
    height        BIGINT NOT NULL,
    preview       BOOLEAN NOT NULL,
    actor         TEXT NOT NULL,
    at            BIGINT NOT NULL,
    hidden        BOOLEAN NOT NULL,
    withdrawn_at  BIGINT,
    withdrawn_by  TEXT NOT NULL,
    reason        TEXT NOT NULL,
    PRIMARY KEY (retailer_id, attachment_id),
    FOREIGN KEY (retailer_id, request_id) REFERENCES request DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX attachment_request ON attachment (retailer_id, request_id, attachment_id);

-- Files stand apart, so that lists don't read them. SQLite keeps bytes in a
-- column of any type. part is original or preview.
CREATE TABLE attachment_file (
    retailer_id   key_text NOT NULL,
    attachment_id key_text NOT NULL,
    part          key_text NOT NULL,
    content       BYTEA NOT NULL,
    PRIMARY KEY (retailer_id, attachment_id, part),
    FOREIGN KEY (retailer_id, attachment_id) REFERENCES attachment DEFERRABLE INITIALLY DEFERRED
);

ALTER TABLE shipment_leg ADD COLUMN cost BIGINT;
ALTER TABLE shipment_leg ADD COLUMN cost_currency TEXT NOT NULL DEFAULT '';
ALTER TABLE shipment_leg ADD COLUMN priced TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE shipment_leg DROP COLUMN priced;
ALTER TABLE shipment_leg DROP COLUMN cost_currency;
ALTER TABLE shipment_leg DROP COLUMN cost;
DROP TABLE attachment_file;
DROP TABLE attachment;
