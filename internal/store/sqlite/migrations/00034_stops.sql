-- +goose Up
-- Words of a workspace's own by which people opt out of messages, beside the shipped ones.

CREATE TABLE stop_words (
    workspace INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace)
) STRICT, WITHOUT ROWID;
