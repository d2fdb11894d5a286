-- +goose Up
-- Ways out that an administrator connected, sealed, and the order in which channels are tried.

CREATE TABLE outlet (
    workspace  INTEGER NOT NULL,
    id         TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    body       BLOB NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX outlet_by_id ON outlet (id);

CREATE TABLE outlet_order (
    workspace INTEGER NOT NULL PRIMARY KEY,
    revision  INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    names     TEXT NOT NULL
) STRICT;
