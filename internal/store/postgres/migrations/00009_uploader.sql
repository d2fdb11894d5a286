-- +goose Up
-- An uploader sends one person's readings as a Nightscout client does. It is found by the keyed hash of what it proves itself with.

CREATE TABLE uploader (
    workspace  BIGINT  NOT NULL,
    hash       BYTEA   NOT NULL,
    id         TEXT    NOT NULL,
    person     BIGINT  NOT NULL,
    actor      TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    revoked_at BIGINT  NOT NULL,
    used_at    BIGINT  NOT NULL,
    PRIMARY KEY (workspace, hash)
);

CREATE INDEX uploader_by_person ON uploader (workspace, person, created_at);
