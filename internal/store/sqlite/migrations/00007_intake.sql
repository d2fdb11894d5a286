-- +goose Up
-- What comes in through a source: how it may come, how much came, and what was refused. A message id keeps a digest of its content,
-- so that the same id with another content is noticed.

ALTER TABLE message_id ADD COLUMN body INTEGER NOT NULL DEFAULT 0;

ALTER TABLE source ADD COLUMN kind TEXT NOT NULL DEFAULT 'segment';
ALTER TABLE source ADD COLUMN rate INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN burst INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN programme TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN names TEXT NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN rotated_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN previous_hash BLOB;
ALTER TABLE source ADD COLUMN previous_until INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX source_by_previous_key ON source (previous_hash) WHERE previous_hash IS NOT NULL;

CREATE TABLE source_minute (
    workspace INTEGER NOT NULL,
    source    INTEGER NOT NULL,
    minute    INTEGER NOT NULL,
    requests  INTEGER NOT NULL,
    bytes     INTEGER NOT NULL,
    stored    INTEGER NOT NULL,
    repeated  INTEGER NOT NULL,
    kept      INTEGER NOT NULL,
    ignored   INTEGER NOT NULL,
    refused   INTEGER NOT NULL,
    put_off   INTEGER NOT NULL,
    PRIMARY KEY (workspace, source, minute)
) STRICT, WITHOUT ROWID;

CREATE TABLE reject (
    workspace INTEGER NOT NULL,
    id        BLOB    NOT NULL,
    source    INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    type      TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    field     TEXT    NOT NULL,
    payload   BLOB,
    first_at  INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    times     INTEGER NOT NULL,
    state     TEXT    NOT NULL,
    actor     TEXT    NOT NULL,
    done_at   INTEGER NOT NULL,
    event     TEXT    NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reject_by_state ON reject (workspace, state, first_at, id);
CREATE INDEX reject_by_source ON reject (workspace, source, state);
