-- +goose Up
-- What shops sell, as the workspace knows it. A product and the setting carry the catalogue's revision they were written with, so that
-- the newest revision says whether what somebody read still holds. A line is an order or a refund whose product nobody knows yet; a
-- question is what such lines say, of nobody.

CREATE TABLE product (
    workspace  INTEGER NOT NULL,
    id         TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    data       TEXT    NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX product_revision ON product (workspace, revision);

CREATE TABLE product_question (
    workspace  INTEGER NOT NULL,
    hash       BLOB    NOT NULL,
    state      TEXT    NOT NULL,
    first_at   INTEGER NOT NULL,
    last_at    INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    decided_at INTEGER NOT NULL,
    line       TEXT    NOT NULL,
    PRIMARY KEY (workspace, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE product_line (
    workspace INTEGER NOT NULL,
    bucket    INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    hash      BLOB    NOT NULL,
    PRIMARY KEY (workspace, bucket, person, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX product_line_hash ON product_line (workspace, hash, seq);
