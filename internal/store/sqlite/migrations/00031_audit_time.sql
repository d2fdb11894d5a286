-- +goose Up
-- Proof is looked for by when it was, too: without this a day of last year is found by reading everything since.
CREATE INDEX audit_by_time ON audit (workspace, at, id);
