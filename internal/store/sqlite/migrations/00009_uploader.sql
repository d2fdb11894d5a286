-- +goose Up
-- An uploader sends one person's readings as a Nightscout client does. It is found by the keyed hash of what it proves itself with.

CREATE TABLE uploader (
    workspace  INTEGER NOT NULL,
    hash       BLOB    NOT NULL,
    id         TEXT    NOT NULL,
    person     INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    PRIMARY KEY (workspace, hash)
) STRICT, WITHOUT ROWID;

CREATE INDEX uploader_by_person ON uploader (workspace, person, created_at);
