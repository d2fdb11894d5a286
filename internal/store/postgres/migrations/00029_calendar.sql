-- +goose Up
-- What is planned for many people at once, and the secret addresses under which members of staff read their calendar elsewhere: of those only a hash.

CREATE TABLE campaign (
    workspace  BIGINT NOT NULL,
    id         TEXT NOT NULL,
    version    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    state      TEXT NOT NULL,
    from_day   TEXT NOT NULL,
    to_day     TEXT NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE TABLE calendar_feed (
    workspace  BIGINT NOT NULL,
    staff      TEXT NOT NULL,
    hash       BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, staff)
);
CREATE INDEX calendar_feed_hash ON calendar_feed (workspace, hash);
