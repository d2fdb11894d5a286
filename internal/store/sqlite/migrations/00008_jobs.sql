-- +goose Up
-- Work done in the background, such as an import of a file: what it is to do and with what it was told are sealed, its file lies in
-- parts until it is done. A released id is a message id whose event was taken back with its whole import: it may come in once more.

CREATE TABLE job (
    workspace   INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    want        TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    size        INTEGER NOT NULL,
    after_seq   INTEGER NOT NULL,
    until_seq   INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    told        BLOB NOT NULL,
    report      TEXT    NOT NULL,
    PRIMARY KEY (workspace, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE job_part (
    workspace INTEGER NOT NULL,
    job       INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    n         INTEGER NOT NULL,
    data      BLOB NOT NULL,
    PRIMARY KEY (workspace, job, kind, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE released_id (
    workspace INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    PRIMARY KEY (workspace, hash)
) STRICT, WITHOUT ROWID;
