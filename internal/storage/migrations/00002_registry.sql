-- Who sells, and what was sold. Every table leads its keys and indexes with
-- retailer_id, so that it can be partitioned by retailer. key_text is text
-- compared byte by byte (see 00001 in migrate_engine.go); the columns named _fold are
-- made in Go (fold.go), because SQLite folds no Cyrillic; NULL where there is
-- nothing to find, so that partial indexes leave it out.
-- Instants are microseconds since 1970 UTC; local dates are YYYY-MM-DD.

-- +goose Up
CREATE TABLE retailer (
    retailer_id key_text NOT NULL PRIMARY KEY,
    name        TEXT NOT NULL, -- JSON, by language
    zone        TEXT NOT NULL,
    currency    TEXT NOT NULL,
    languages   TEXT NOT NULL  -- JSON list
);

CREATE TABLE place (
    retailer_id key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    place_id    key_text NOT NULL,
    kind        TEXT NOT NULL,
    name        TEXT NOT NULL, -- JSON, by language
    address     TEXT NOT NULL, -- JSON, by language
    phone       TEXT NOT NULL,
    brands      TEXT NOT NULL, -- JSON list
    PRIMARY KEY (retailer_id, place_id)
);

CREATE TABLE product (
    retailer_id      key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    product_id       key_text NOT NULL,
    sku              key_text, -- NULL = none
    category         TEXT NOT NULL,
    brand            TEXT NOT NULL,
    model            TEXT NOT NULL,
    warranty_months  BIGINT,
    warranty_issuer  TEXT NOT NULL,
    weight_grams     BIGINT NOT NULL,
    digital_elements BOOLEAN,
    no_loaner        BOOLEAN NOT NULL,
    PRIMARY KEY (retailer_id, product_id),
    UNIQUE (retailer_id, sku)
);

CREATE TABLE unit (
    retailer_id      key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    unit_id          key_text NOT NULL,
    product_id       key_text, -- NULL = not sold here
    category         TEXT NOT NULL,
    brand            TEXT NOT NULL,
    model            TEXT NOT NULL,
    serial           TEXT NOT NULL,
    imei             TEXT NOT NULL,
    imei2            TEXT NOT NULL,
    replaces         key_text, -- the unit that this one was given for
    digital_elements BOOLEAN,
    serial_fold      key_text,
    imei_fold        key_text,
    imei2_fold       key_text,
    PRIMARY KEY (retailer_id, unit_id),
    FOREIGN KEY (retailer_id, product_id) REFERENCES product DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (retailer_id, replaces) REFERENCES unit DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX unit_serial ON unit (retailer_id, serial_fold) WHERE serial_fold IS NOT NULL;
CREATE INDEX unit_imei ON unit (retailer_id, imei_fold) WHERE imei_fold IS NOT NULL;
CREATE INDEX unit_imei2 ON unit (retailer_id, imei2_fold) WHERE imei2_fold IS NOT NULL;
CREATE INDEX unit_product ON unit (retailer_id, product_id, unit_id);
CREATE INDEX unit_replaces ON unit (retailer_id, replaces) WHERE replaces IS NOT NULL;

CREATE TABLE customer (
    retailer_id key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    customer_id key_text NOT NULL,
    name        TEXT NOT NULL,
    phone       TEXT NOT NULL,
    email       TEXT NOT NULL,
    lang        TEXT NOT NULL,
    address     TEXT NOT NULL,
    settlement  TEXT NOT NULL,
    created_at  BIGINT,
    phone_fold  key_text, -- digits
    phone_back  key_text, -- digits from the last to the first: people search by the end
    email_fold  key_text,
    PRIMARY KEY (retailer_id, customer_id)
);
CREATE INDEX customer_phone ON customer (retailer_id, phone_fold) WHERE phone_fold IS NOT NULL;
CREATE INDEX customer_phone_back ON customer (retailer_id, phone_back) WHERE phone_back IS NOT NULL;
CREATE INDEX customer_email ON customer (retailer_id, email_fold) WHERE email_fold IS NOT NULL;

CREATE TABLE sale (
    retailer_id                key_text NOT NULL REFERENCES retailer DEFERRABLE INITIALLY DEFERRED,
    sale_id                    key_text NOT NULL,
    sale_key                   key_text, -- of an imported row; NULL = entered by hand
    unit_id                    key_text,
    customer_id                key_text,
    shop                       TEXT NOT NULL,
    channel                    TEXT NOT NULL,
    sold_on                    key_text,
    delivered_on               TEXT,
    rescinded_on               TEXT,
    receipt                    TEXT NOT NULL,
    price_minor                BIGINT,
    price_currency             TEXT NOT NULL,
    imei_on_receipt            BOOLEAN,
    card_in_kit                BOOLEAN,
    original_packaging         BOOLEAN,
    warranty_months            BIGINT,
    warranty_issuer            TEXT NOT NULL,
    certificate                TEXT NOT NULL,
    certificate_sold_on        TEXT,
    certificate_price_minor    BIGINT,
    certificate_price_currency TEXT NOT NULL,
    pack_version               TEXT NOT NULL,
    receipt_fold               key_text,
    certificate_fold           key_text,
    PRIMARY KEY (retailer_id, sale_id),
    UNIQUE (retailer_id, sale_key),
    FOREIGN KEY (retailer_id, unit_id) REFERENCES unit DEFERRABLE INITIALLY DEFERRED,
    FOREIGN KEY (retailer_id, customer_id) REFERENCES customer DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX sale_unit ON sale (retailer_id, unit_id, sold_on);
CREATE INDEX sale_customer ON sale (retailer_id, customer_id);
CREATE INDEX sale_receipt ON sale (retailer_id, receipt_fold) WHERE receipt_fold IS NOT NULL;
CREATE INDEX sale_certificate ON sale (retailer_id, certificate_fold) WHERE certificate_fold IS NOT NULL;

-- Folded words that people search by: of customers' names, models, subjects,
-- and the parts of a number.
CREATE TABLE search_word (
    retailer_id key_text NOT NULL,
    scope       key_text NOT NULL, -- customer, product, unit, request or claim
    word        key_text NOT NULL,
    object_id   key_text NOT NULL,
    PRIMARY KEY (retailer_id, scope, word, object_id)
);
CREATE INDEX search_word_object ON search_word (retailer_id, scope, object_id, word);

-- +goose Down
DROP TABLE search_word;
DROP TABLE sale;
DROP TABLE customer;
DROP TABLE unit;
DROP TABLE product;
DROP TABLE place;
DROP TABLE retailer;
