-- +goose Up
-- What people state about a programme on its way to going live: which item of the checklist, who, when, about which files.

CREATE TABLE programme_statement (
    workspace INTEGER NOT NULL,
    programme TEXT    NOT NULL,
    item      TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    note      TEXT    NOT NULL,
    hash      TEXT    NOT NULL,
    PRIMARY KEY (workspace, programme, item)
) STRICT;
