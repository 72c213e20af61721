-- A request whose promised answer is late stands at the top of the list, until
-- it is answered.

-- +goose Up
ALTER TABLE request ADD COLUMN late_at BIGINT;
ALTER TABLE request ADD COLUMN list_at BIGINT NOT NULL DEFAULT 0; -- its place: answer_until, long before that while it is late
UPDATE request SET list_at = answer_until;
DROP INDEX request_due;
DROP INDEX request_state;
CREATE INDEX request_due ON request (retailer_id, list_at, request_id);
CREATE INDEX request_state ON request (retailer_id, state, list_at, request_id);

-- +goose Down
DROP INDEX request_due;
DROP INDEX request_state;
ALTER TABLE request DROP COLUMN list_at;
ALTER TABLE request DROP COLUMN late_at;
CREATE INDEX request_due ON request (retailer_id, answer_until, request_id);
CREATE INDEX request_state ON request (retailer_id, state, answer_until, request_id);
