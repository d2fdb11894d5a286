-- +goose Up
-- Ways out that an administrator connected, sealed, and the order in which channels are tried.

CREATE TABLE outlet (
    workspace  BIGINT NOT NULL,
    id         TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    body       BYTEA NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE UNIQUE INDEX outlet_by_id ON outlet (id);

CREATE TABLE outlet_order (
    workspace BIGINT NOT NULL PRIMARY KEY,
    revision  BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    names     TEXT NOT NULL
);
