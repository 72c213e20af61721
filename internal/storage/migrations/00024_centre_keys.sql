-- A program may belong to a shop or a centre: a partner's sees only what is
-- routed there.

-- +goose Up
ALTER TABLE api_client ADD COLUMN place TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE api_client DROP COLUMN place;
