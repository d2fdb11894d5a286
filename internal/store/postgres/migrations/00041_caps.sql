-- +goose Up
-- How many messages one person gets at most, as a workspace says: every version of it, the highest holds.

CREATE TABLE message_caps (
    workspace BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace, version)
);
