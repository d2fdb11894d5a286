-- +goose Up
-- A rehearsal made beside a live workspace: which one, what its made-up people are told by, and how much of their history is still to
-- be told (in thousandths; 0: it is ready). One that was removed keeps its row, so that its number is never another's; its key goes
-- when all its rows are gone.

ALTER TABLE workspace ADD COLUMN beside BIGINT NOT NULL DEFAULT 0;
ALTER TABLE workspace ADD COLUMN story TEXT NOT NULL DEFAULT '';
ALTER TABLE workspace ADD COLUMN untold BIGINT NOT NULL DEFAULT 0;
ALTER TABLE workspace ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE workspace ADD COLUMN gone_at BIGINT NOT NULL DEFAULT 0;
