-- +goose Up
-- A visit link lets a doctor without an account read one person's page and answer it once. It is found by the hash of its token;
-- what was answered is an event of the person.

CREATE TABLE visit_link (
    hash        BYTEA   NOT NULL PRIMARY KEY,
    id          TEXT    NOT NULL,
    workspace   BIGINT  NOT NULL,
    person      BIGINT  NOT NULL,
    actor       TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL,
    revoked_at  BIGINT  NOT NULL,
    answered_at BIGINT  NOT NULL
);

CREATE INDEX visit_link_by_person ON visit_link (workspace, person, created_at);
