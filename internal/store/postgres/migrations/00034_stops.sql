-- +goose Up
-- Words of a workspace's own by which people opt out of messages, beside the shipped ones.

CREATE TABLE stop_words (
    workspace BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace)
);
