-- +goose Up
-- A visit link lets a doctor without an account read one person's page and answer it once. It is found by the hash of its token;
-- what was answered is an event of the person.

CREATE TABLE visit_link (
    hash        BLOB    NOT NULL PRIMARY KEY,
    id          TEXT    NOT NULL,
    workspace   INTEGER NOT NULL,
    person      INTEGER NOT NULL,
    actor       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    revoked_at  INTEGER NOT NULL,
    answered_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX visit_link_by_person ON visit_link (workspace, person, created_at);
