-- Times taken for video consultations, documents of products, and the right to
-- support as it stood on the day of a request.

-- +goose Up
CREATE TABLE video_booking (
    retailer_id  key_text NOT NULL,
    booking_id   key_text NOT NULL,
    request_id   key_text NOT NULL,
    customer_id  key_text NOT NULL,
    start_at     BIGINT NOT NULL,
    end_at       BIGINT NOT NULL,
    seat         BIGINT NOT NULL,
    room         TEXT NOT NULL,
    clause       TEXT NOT NULL,
    sequence     BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    cancelled_at BIGINT,
    reason       TEXT NOT NULL,
    cancelled_by TEXT NOT NULL,
    PRIMARY KEY (retailer_id, booking_id),
    FOREIGN KEY (retailer_id, request_id) REFERENCES request DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX video_booking_start ON video_booking (retailer_id, start_at, booking_id);
CREATE INDEX video_booking_request ON video_booking (retailer_id, request_id, created_at);
-- Nobody sits on another's seat, and nobody on two.
CREATE UNIQUE INDEX video_booking_seat ON video_booking (retailer_id, start_at, seat) WHERE cancelled_at IS NULL;
CREATE UNIQUE INDEX video_booking_one ON video_booking (retailer_id, request_id) WHERE cancelled_at IS NULL;

CREATE TABLE product_document (
    retailer_id  key_text NOT NULL,
    document_id  key_text NOT NULL,
    product_id   key_text NOT NULL,
    title        TEXT NOT NULL,
    lang         TEXT NOT NULL,
    link         TEXT NOT NULL,
    file_name    TEXT NOT NULL,
    file_type    TEXT NOT NULL,
    file_size    BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    withdrawn_at BIGINT,
    PRIMARY KEY (retailer_id, document_id),
    FOREIGN KEY (retailer_id, product_id) REFERENCES product DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX product_document_product ON product_document (retailer_id, product_id, document_id);

-- Files stand apart, so that lists don't read them. SQLite keeps bytes in a
-- column of any type.
CREATE TABLE document_file (
    retailer_id key_text NOT NULL,
    document_id key_text NOT NULL,
    content     BYTEA NOT NULL,
    PRIMARY KEY (retailer_id, document_id),
    FOREIGN KEY (retailer_id, document_id) REFERENCES product_document DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE sent_document (
    retailer_id key_text NOT NULL,
    request_id  key_text NOT NULL,
    message_id  key_text NOT NULL,
    document_id key_text NOT NULL,
    PRIMARY KEY (retailer_id, request_id, message_id, document_id),
    FOREIGN KEY (retailer_id, request_id) REFERENCES request DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (retailer_id, document_id) REFERENCES product_document DEFERRABLE INITIALLY DEFERRED
);

CREATE TABLE request_support (
    retailer_id key_text NOT NULL,
    request_id  key_text NOT NULL,
    from_day    TEXT NOT NULL,
    last_day    TEXT NOT NULL,
    in_force    BOOLEAN NOT NULL,
    clause      TEXT NOT NULL,
    PRIMARY KEY (retailer_id, request_id),
    FOREIGN KEY (retailer_id, request_id) REFERENCES request DEFERRABLE INITIALLY DEFERRED
);

-- +goose Down
DROP TABLE request_support;
DROP TABLE sent_document;
DROP TABLE document_file;
DROP TABLE product_document;
DROP TABLE video_booking;
