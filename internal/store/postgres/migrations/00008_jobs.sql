-- +goose Up
-- Work done in the background, such as an import of a file: what it is to do and with what it was told are sealed, its file lies in
-- parts until it is done. A released id is a message id whose event was taken back with its whole import: it may come in once more.

CREATE TABLE job (
    workspace   BIGINT NOT NULL,
    number      BIGINT NOT NULL,
    kind        TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    want        TEXT    NOT NULL,
    actor       TEXT    NOT NULL,
    created_at  BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    size        BIGINT NOT NULL,
    after_seq   BIGINT NOT NULL,
    until_seq   BIGINT NOT NULL,
    version     BIGINT NOT NULL,
    told        BYTEA NOT NULL,
    report      TEXT    NOT NULL,
    PRIMARY KEY (workspace, number)
);

CREATE TABLE job_part (
    workspace BIGINT NOT NULL,
    job       BIGINT NOT NULL,
    kind      TEXT    NOT NULL,
    n         BIGINT NOT NULL,
    data      BYTEA NOT NULL,
    PRIMARY KEY (workspace, job, kind, n)
);

CREATE TABLE released_id (
    workspace BIGINT NOT NULL,
    hash      BYTEA NOT NULL,
    PRIMARY KEY (workspace, hash)
);
