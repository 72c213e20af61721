-- +goose Up
-- ЗоЗПП 20(3) counts the time without the product to the day it was handed
-- back, which is later than the day it was ready. Of stays before, the day of
-- readiness stands.
ALTER TABLE service_stay ADD COLUMN handed_back_at BIGINT;

-- +goose Down
ALTER TABLE service_stay DROP COLUMN handed_back_at;
