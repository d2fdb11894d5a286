-- +goose Up
-- What staff learn. A course is a draft with a revision; a published version stays as it was for the results that are of it. An attempt holds
-- the seed of its order, so that it is the same when it is opened again.

CREATE TABLE course (
    workspace BIGINT NOT NULL,
    key       TEXT NOT NULL,
    version   BIGINT NOT NULL,
    revision  BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    draft     TEXT NOT NULL,
    PRIMARY KEY (workspace, key)
);

CREATE TABLE course_version (
    workspace BIGINT NOT NULL,
    key       TEXT NOT NULL,
    version   BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    doc       TEXT NOT NULL,
    PRIMARY KEY (workspace, key, version)
);

CREATE TABLE course_attempt (
    workspace  BIGINT NOT NULL,
    staff      TEXT NOT NULL,
    course     TEXT NOT NULL,
    id         TEXT NOT NULL,
    version    BIGINT NOT NULL,
    seed       BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL,
    score      BIGINT NOT NULL,
    passed     BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    answers    TEXT NOT NULL,
    PRIMARY KEY (workspace, staff, course, id)
);
