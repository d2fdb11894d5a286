-- +goose Up
-- How people come in: entry codes, what they cost, who opened them, and invitations of people. An arrival holds the hash of a random
-- number that a browser was given, nothing about a person. A row of entrance whose id is empty is the setting of the workspace.

CREATE TABLE entrance (
    workspace  BIGINT NOT NULL,
    id         TEXT NOT NULL,
    state      TEXT NOT NULL,
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    data       TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE UNIQUE INDEX entrance_state ON entrance (state, workspace);

CREATE TABLE entrance_cost (
    workspace BIGINT NOT NULL,
    id        TEXT NOT NULL,
    entrance  TEXT NOT NULL,
    from_day  BIGINT NOT NULL,
    to_day    BIGINT NOT NULL,
    fen       BIGINT NOT NULL,
    what      TEXT NOT NULL,
    voided    BIGINT NOT NULL,
    revision  BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE TABLE arrival (
    workspace BIGINT NOT NULL,
    entrance  TEXT NOT NULL,
    visitor   BYTEA NOT NULL,
    at        BIGINT NOT NULL,
    late      BIGINT NOT NULL,
    platform  TEXT NOT NULL,
    PRIMARY KEY (workspace, entrance, visitor)
);

CREATE TABLE arrival_day (
    workspace BIGINT NOT NULL,
    entrance  TEXT NOT NULL,
    day       BIGINT NOT NULL,
    opened    BIGINT NOT NULL,
    late      BIGINT NOT NULL,
    PRIMARY KEY (workspace, entrance, day)
);

CREATE TABLE invitation (
    workspace  BIGINT NOT NULL,
    state      TEXT NOT NULL,
    person     BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, state)
);

CREATE UNIQUE INDEX invitation_person ON invitation (workspace, person);
CREATE INDEX invitation_state ON invitation (state);
