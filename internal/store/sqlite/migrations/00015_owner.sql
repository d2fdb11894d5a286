-- +goose Up
-- Who looks after whom. Rules and what is said of a member of staff are the workspace's. An absence's note is sealed. A hand-over is a
-- job; its people are lines, so that what was done and what was not is known of each after a crash. A person whom no rule fits waits
-- in the queue until somebody has them; ended_at is then.

CREATE TABLE owner_rules (
    workspace INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    rules     TEXT NOT NULL,
    PRIMARY KEY (workspace)
) STRICT, WITHOUT ROWID;

CREATE TABLE owner_member (
    workspace INTEGER NOT NULL,
    staff     TEXT NOT NULL,
    capacity  INTEGER NOT NULL,
    languages TEXT NOT NULL,
    closed    INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    PRIMARY KEY (workspace, staff)
) STRICT, WITHOUT ROWID;

CREATE TABLE absence (
    workspace  INTEGER NOT NULL,
    id         TEXT NOT NULL,
    staff      TEXT NOT NULL,
    from_at    INTEGER NOT NULL,
    to_at      INTEGER NOT NULL,
    cover      TEXT NOT NULL,
    note       BLOB,
    created_at INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    ended_at   INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE handover_line (
    workspace INTEGER NOT NULL,
    bucket    INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    job       INTEGER NOT NULL,
    to_staff  TEXT NOT NULL,
    state     TEXT NOT NULL,
    why       TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (workspace, bucket, person, job)
) STRICT, WITHOUT ROWID;
CREATE INDEX handover_line_job ON handover_line (workspace, job, state);

CREATE TABLE unassigned (
    workspace INTEGER NOT NULL,
    bucket    INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    since     INTEGER NOT NULL,
    rule      TEXT NOT NULL,
    why       TEXT NOT NULL,
    ended_at  INTEGER NOT NULL,
    PRIMARY KEY (workspace, bucket, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX unassigned_open ON unassigned (workspace, since) WHERE ended_at = 0;
