-- +goose Up
-- Connected companies of WeCom: what an administrator said of them, sealed; and what they told us, kept before it is answered.

CREATE TABLE corp (
    workspace  INTEGER NOT NULL,
    id         TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    body       BLOB NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX corp_by_id ON corp (id);

CREATE TABLE callback (
    workspace   INTEGER NOT NULL,
    corp        TEXT NOT NULL,
    hash        BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    urgent      INTEGER NOT NULL,
    state       TEXT NOT NULL,
    why         TEXT NOT NULL,
    tries       INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,
    body        BLOB,
    PRIMARY KEY (workspace, hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX callback_waiting ON callback (workspace, next_at) WHERE state = 'waiting';
