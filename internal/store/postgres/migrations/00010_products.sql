-- +goose Up
-- What shops sell, as the workspace knows it. A product and the setting carry the catalogue's revision they were written with, so that
-- the newest revision says whether what somebody read still holds. A line is an order or a refund whose product nobody knows yet; a
-- question is what such lines say, of nobody.

CREATE TABLE product (
    workspace  BIGINT NOT NULL,
    id         TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    data       TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE INDEX product_revision ON product (workspace, revision);

CREATE TABLE product_question (
    workspace  BIGINT NOT NULL,
    hash       BYTEA NOT NULL,
    state      TEXT NOT NULL,
    first_at   BIGINT NOT NULL,
    last_at    BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    decided_at BIGINT NOT NULL,
    line       TEXT NOT NULL,
    PRIMARY KEY (workspace, hash)
);

CREATE TABLE product_line (
    workspace BIGINT NOT NULL,
    bucket    BIGINT NOT NULL,
    person    BIGINT NOT NULL,
    seq       BIGINT NOT NULL,
    hash      BYTEA   NOT NULL,
    PRIMARY KEY (workspace, bucket, person, seq)
);

CREATE INDEX product_line_hash ON product_line (workspace, hash, seq);
