-- +goose Up
-- What a workspace says of identifiers, the pairs of people somebody should look at, and the runs that look for such pairs. A pair is kept
-- with the smaller number first, also once it is decided: a "different" is never asked again. weight is in thousandths of a bit,
-- probability in millionths. why is sealed with the key of person.

CREATE TABLE identity_policy (
    workspace INTEGER NOT NULL,
    revision  INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace, revision)
) STRICT, WITHOUT ROWID;

CREATE TABLE proposal (
    workspace   INTEGER NOT NULL,
    bucket      INTEGER NOT NULL,
    person      INTEGER NOT NULL,
    other       INTEGER NOT NULL,
    state       TEXT NOT NULL,
    origin      TEXT NOT NULL,
    cause       TEXT NOT NULL,
    kind        TEXT NOT NULL,
    weight      INTEGER NOT NULL,
    probability INTEGER NOT NULL,
    evidence    TEXT NOT NULL,
    found_at    INTEGER NOT NULL,
    actor       TEXT NOT NULL,
    decided_at  INTEGER NOT NULL,
    why         BLOB,
    done        TEXT NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (workspace, bucket, person, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX proposal_state ON proposal (workspace, state);
CREATE INDEX proposal_other ON proposal (workspace, other);

CREATE TABLE match_run (
    workspace   INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    state       TEXT NOT NULL,
    want        TEXT NOT NULL,
    actor       TEXT NOT NULL,
    night       TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    stage       TEXT NOT NULL,
    people      INTEGER NOT NULL,
    candidates  INTEGER NOT NULL,
    found       INTEGER NOT NULL,
    written     INTEGER NOT NULL,
    fresh       INTEGER NOT NULL,
    problem     TEXT NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (workspace, number)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX match_run_night ON match_run (workspace, night) WHERE night <> '';
CREATE UNIQUE INDEX match_run_on ON match_run (workspace) WHERE state IN ('waiting', 'running');
CREATE INDEX identity_person ON identity (workspace, person);
