-- +goose Up
-- Who looks after whom. Rules and what is said of a member of staff are the workspace's. An absence's note is sealed. A hand-over is a
-- job; its people are lines, so that what was done and what was not is known of each after a crash. A person whom no rule fits waits
-- in the queue until somebody has them; ended_at is then.

CREATE TABLE owner_rules (
    workspace BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    rules     TEXT NOT NULL,
    PRIMARY KEY (workspace)
);

CREATE TABLE owner_member (
    workspace BIGINT NOT NULL,
    staff     TEXT NOT NULL,
    capacity  BIGINT NOT NULL,
    languages TEXT NOT NULL,
    closed    BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    PRIMARY KEY (workspace, staff)
);

CREATE TABLE absence (
    workspace  BIGINT NOT NULL,
    id         TEXT NOT NULL,
    staff      TEXT NOT NULL,
    from_at    BIGINT NOT NULL,
    to_at      BIGINT NOT NULL,
    cover      TEXT NOT NULL,
    note       BYTEA,
    created_at BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    ended_at   BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE TABLE handover_line (
    workspace BIGINT NOT NULL,
    bucket    BIGINT NOT NULL,
    person    BIGINT NOT NULL,
    job       BIGINT NOT NULL,
    to_staff  TEXT NOT NULL,
    state     TEXT NOT NULL,
    why       TEXT NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (workspace, bucket, person, job)
);
CREATE INDEX handover_line_job ON handover_line (workspace, job, state);

CREATE TABLE unassigned (
    workspace BIGINT NOT NULL,
    bucket    BIGINT NOT NULL,
    person    BIGINT NOT NULL,
    since     BIGINT NOT NULL,
    rule      TEXT NOT NULL,
    why       TEXT NOT NULL,
    ended_at  BIGINT NOT NULL,
    PRIMARY KEY (workspace, bucket, person)
);
CREATE INDEX unassigned_open ON unassigned (workspace, since) WHERE ended_at = 0;
