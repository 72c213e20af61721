-- The term of a loaner became one of the claim's deadlines, with their jobs:
-- its own have nobody to do them.

-- +goose Up
DELETE FROM job WHERE kind IN ('loaner.warn', 'loaner.breach') AND done_at IS NULL;

-- +goose Down
SELECT 1;
