-- +goose Up
-- What a workspace says of identifiers, the pairs of people somebody should look at, and the runs that look for such pairs. A pair is kept
-- with the smaller number first, also once it is decided: a "different" is never asked again. weight is in thousandths of a bit,
-- probability in millionths. why is sealed with the key of person.

CREATE TABLE identity_policy (
    workspace BIGINT NOT NULL,
    revision  BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace, revision)
);

CREATE TABLE proposal (
    workspace   BIGINT NOT NULL,
    bucket      BIGINT NOT NULL,
    person      BIGINT NOT NULL,
    other       BIGINT NOT NULL,
    state       TEXT NOT NULL,
    origin      TEXT NOT NULL,
    cause       TEXT NOT NULL,
    kind        TEXT NOT NULL,
    weight      BIGINT NOT NULL,
    probability BIGINT NOT NULL,
    evidence    TEXT NOT NULL,
    found_at    BIGINT NOT NULL,
    actor       TEXT NOT NULL,
    decided_at  BIGINT NOT NULL,
    why         BYTEA,
    done        TEXT NOT NULL,
    version     BIGINT NOT NULL,
    PRIMARY KEY (workspace, bucket, person, other)
);
CREATE INDEX proposal_state ON proposal (workspace, state);
CREATE INDEX proposal_other ON proposal (workspace, other);

CREATE TABLE match_run (
    workspace   BIGINT NOT NULL,
    number      BIGINT NOT NULL,
    state       TEXT NOT NULL,
    want        TEXT NOT NULL,
    actor       TEXT NOT NULL,
    night       TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    stage       TEXT NOT NULL,
    people      BIGINT NOT NULL,
    candidates  BIGINT NOT NULL,
    found       BIGINT NOT NULL,
    written     BIGINT NOT NULL,
    fresh       BIGINT NOT NULL,
    problem     TEXT NOT NULL,
    version     BIGINT NOT NULL,
    PRIMARY KEY (workspace, number)
);
CREATE UNIQUE INDEX match_run_night ON match_run (workspace, night) WHERE night <> '';
CREATE UNIQUE INDEX match_run_on ON match_run (workspace) WHERE state IN ('waiting', 'running');
CREATE INDEX identity_person ON identity (workspace, person);
