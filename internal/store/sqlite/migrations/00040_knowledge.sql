-- +goose Up
-- What has been written once to be said many times, and how conversations of a workspace are answered. Conversations themselves are
-- events of people: nothing of them is kept beside the log.

CREATE TABLE knowledge (
    workspace INTEGER NOT NULL,
    id        TEXT NOT NULL,
    revision  INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    data      TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX knowledge_revision ON knowledge (workspace, revision);

CREATE TABLE talk_settings (
    workspace INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace)
) STRICT, WITHOUT ROWID;
