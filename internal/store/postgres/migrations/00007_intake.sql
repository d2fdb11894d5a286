-- +goose Up
-- What comes in through a source: how it may come, how much came, and what was refused. A message id keeps a digest of its content,
-- so that the same id with another content is noticed.

ALTER TABLE message_id ADD COLUMN body bigint NOT NULL DEFAULT 0;

ALTER TABLE source ADD COLUMN kind text NOT NULL DEFAULT 'segment';
ALTER TABLE source ADD COLUMN rate bigint NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN burst bigint NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN programme text NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN names text NOT NULL DEFAULT '';
ALTER TABLE source ADD COLUMN rotated_at bigint NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN previous_hash bytea;
ALTER TABLE source ADD COLUMN previous_until bigint NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX source_by_previous_key ON source (previous_hash) WHERE previous_hash IS NOT NULL;

CREATE TABLE source_minute (
    workspace bigint NOT NULL,
    source    bigint  NOT NULL,
    minute    bigint NOT NULL,
    requests  bigint NOT NULL,
    bytes     bigint NOT NULL,
    stored    bigint NOT NULL,
    repeated  bigint NOT NULL,
    kept      bigint NOT NULL,
    ignored   bigint NOT NULL,
    refused   bigint NOT NULL,
    put_off   bigint NOT NULL,
    PRIMARY KEY (workspace, source, minute)
);

CREATE TABLE reject (
    workspace bigint NOT NULL,
    id        bytea   NOT NULL,
    source    bigint  NOT NULL,
    person    bigint NOT NULL,
    type      text    NOT NULL,
    reason    text    NOT NULL,
    field     text    NOT NULL,
    payload   bytea,
    first_at  bigint NOT NULL,
    last_at   bigint NOT NULL,
    times     bigint NOT NULL,
    state     text    NOT NULL,
    actor     text    NOT NULL,
    done_at   bigint NOT NULL,
    event     text    NOT NULL,
    PRIMARY KEY (workspace, id)
);
CREATE INDEX reject_by_state ON reject (workspace, state, first_at, id);
CREATE INDEX reject_by_source ON reject (workspace, source, state);
