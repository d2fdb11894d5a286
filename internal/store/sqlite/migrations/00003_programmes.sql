-- +goose Up
-- A workspace keeps the versions of its programmes that were published, as text, with their place in the commit
-- sequence: what was committed after seq ran under that version. The one of seq 0 ran before any was published.

CREATE TABLE programme_version (
    workspace INTEGER NOT NULL,
    programme TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    note      TEXT    NOT NULL,
    hash      TEXT    NOT NULL,
    people    INTEGER NOT NULL,
    changed   INTEGER NOT NULL,
    carried   INTEGER NOT NULL,
    files     TEXT    NOT NULL,
    PRIMARY KEY (workspace, programme, version)
) STRICT;

CREATE TABLE programme_draft (
    workspace INTEGER NOT NULL,
    programme TEXT    NOT NULL,
    base      INTEGER NOT NULL,
    revision  INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    files     TEXT    NOT NULL,
    PRIMARY KEY (workspace, programme)
) STRICT;
