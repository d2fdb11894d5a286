-- +goose Up
-- When a callback was done, by the machine's clock: how long somebody waited to be greeted.

ALTER TABLE callback ADD COLUMN ended_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX callback_received ON callback (workspace, corp, received_at);
