-- +goose Up
-- What staff learn. A course is a draft with a revision; a published version stays as it was for the results that are of it. An attempt holds
-- the seed of its order, so that it is the same when it is opened again.

CREATE TABLE course (
    workspace INTEGER NOT NULL,
    key       TEXT NOT NULL,
    version   INTEGER NOT NULL,
    revision  INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    draft     TEXT NOT NULL,
    PRIMARY KEY (workspace, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE course_version (
    workspace INTEGER NOT NULL,
    key       TEXT NOT NULL,
    version   INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    doc       TEXT NOT NULL,
    PRIMARY KEY (workspace, key, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE course_attempt (
    workspace  INTEGER NOT NULL,
    staff      TEXT NOT NULL,
    course     TEXT NOT NULL,
    id         TEXT NOT NULL,
    version    INTEGER NOT NULL,
    seed       INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    score      INTEGER NOT NULL,
    passed     INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    answers    TEXT NOT NULL,
    PRIMARY KEY (workspace, staff, course, id)
) STRICT, WITHOUT ROWID;
