-- +goose Up
-- How people come in: entry codes, what they cost, who opened them, and invitations of people. An arrival holds the hash of a random
-- number that a browser was given, nothing about a person. A row of entrance whose id is empty is the setting of the workspace.

CREATE TABLE entrance (
    workspace  INTEGER NOT NULL,
    id         TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    actor      TEXT    NOT NULL,
    data       TEXT    NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX entrance_state ON entrance (state, workspace);

CREATE TABLE entrance_cost (
    workspace INTEGER NOT NULL,
    id        TEXT    NOT NULL,
    entrance  TEXT    NOT NULL,
    from_day  INTEGER NOT NULL,
    to_day    INTEGER NOT NULL,
    fen       INTEGER NOT NULL,
    what      TEXT    NOT NULL,
    voided    INTEGER NOT NULL,
    revision  INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE arrival (
    workspace INTEGER NOT NULL,
    entrance  TEXT    NOT NULL,
    visitor   BLOB    NOT NULL,
    at        INTEGER NOT NULL,
    late      INTEGER NOT NULL,
    platform  TEXT    NOT NULL,
    PRIMARY KEY (workspace, entrance, visitor)
) STRICT, WITHOUT ROWID;

CREATE TABLE arrival_day (
    workspace INTEGER NOT NULL,
    entrance  TEXT    NOT NULL,
    day       INTEGER NOT NULL,
    opened    INTEGER NOT NULL,
    late      INTEGER NOT NULL,
    PRIMARY KEY (workspace, entrance, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitation (
    workspace  INTEGER NOT NULL,
    state      TEXT    NOT NULL,
    person     INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace, state)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX invitation_person ON invitation (workspace, person);
CREATE INDEX invitation_state ON invitation (state);
