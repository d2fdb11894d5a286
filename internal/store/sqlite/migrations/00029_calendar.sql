-- +goose Up
-- What is planned for many people at once, and the secret addresses under which members of staff read their calendar elsewhere: of those only a hash.

CREATE TABLE campaign (
    workspace  INTEGER NOT NULL,
    id         TEXT NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    actor      TEXT NOT NULL,
    state      TEXT NOT NULL,
    from_day   TEXT NOT NULL,
    to_day     TEXT NOT NULL,
    body       TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE calendar_feed (
    workspace  INTEGER NOT NULL,
    staff      TEXT NOT NULL,
    hash       BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace, staff)
) STRICT, WITHOUT ROWID;
CREATE INDEX calendar_feed_hash ON calendar_feed (workspace, hash);
