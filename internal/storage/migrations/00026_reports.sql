-- What reports count: which clauses the latest decision of a claim refuses by,
-- and claims by the day they were opened.

-- +goose Up
CREATE TABLE claim_refusal (
    retailer_id key_text NOT NULL,
    claim_id    key_text NOT NULL,
    basis       key_text NOT NULL,
    clause      key_text NOT NULL,
    PRIMARY KEY (retailer_id, claim_id, basis, clause),
    FOREIGN KEY (retailer_id, claim_id) REFERENCES claim DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX claim_opened ON claim (retailer_id, opened_at, claim_id);
CREATE INDEX unit_model ON unit (retailer_id, category, brand, model);

-- +goose Down
DROP INDEX unit_model;
DROP INDEX claim_opened;
DROP TABLE claim_refusal;
