-- +goose Up
-- What has been written once to be said many times, and how conversations of a workspace are answered. Conversations themselves are
-- events of people: nothing of them is kept beside the log.

CREATE TABLE knowledge (
    workspace BIGINT NOT NULL,
    id        TEXT NOT NULL,
    revision  BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    data      TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE INDEX knowledge_revision ON knowledge (workspace, revision);

CREATE TABLE talk_settings (
    workspace BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace)
);
