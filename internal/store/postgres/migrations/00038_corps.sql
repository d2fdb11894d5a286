-- +goose Up
-- Connected companies of WeCom: what an administrator said of them, sealed; and what they told us, kept before it is answered.

CREATE TABLE corp (
    workspace  BIGINT NOT NULL,
    id         TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    body       BYTEA NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE UNIQUE INDEX corp_by_id ON corp (id);

CREATE TABLE callback (
    workspace   BIGINT NOT NULL,
    corp        TEXT NOT NULL,
    hash        BYTEA NOT NULL,
    received_at BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    urgent      BIGINT NOT NULL,
    state       TEXT NOT NULL,
    why         TEXT NOT NULL,
    tries       BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,
    body        BYTEA,
    PRIMARY KEY (workspace, hash)
);

CREATE INDEX callback_waiting ON callback (workspace, next_at) WHERE state = 'waiting';
