-- +goose Up
-- How many messages one person gets at most, as a workspace says: every version of it, the highest holds.

CREATE TABLE message_caps (
    workspace INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace, version)
) STRICT, WITHOUT ROWID;
