-- +goose Up
-- What leaves for other systems. Keys let them in: only hashes are kept. Webhooks are sent the feed: at_seq and at_k are how far, told
-- holds address and secrets and is sealed, attempts are what became of each request.

CREATE TABLE api_key (
    workspace      INTEGER NOT NULL,
    id             TEXT NOT NULL,
    hash           BLOB NOT NULL,
    previous_hash  BLOB,
    previous_until INTEGER NOT NULL,
    created_at     INTEGER NOT NULL,
    created_by     TEXT NOT NULL,
    expires_at     INTEGER NOT NULL,
    rotated_at     INTEGER NOT NULL,
    used_at        INTEGER NOT NULL,
    revoked_at     INTEGER NOT NULL,
    told           TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX api_key_by_hash ON api_key (hash);
CREATE UNIQUE INDEX api_key_by_previous ON api_key (previous_hash) WHERE previous_hash IS NOT NULL;

CREATE TABLE webhook (
    workspace   INTEGER NOT NULL,
    id          TEXT NOT NULL,
    state       TEXT NOT NULL,
    version     INTEGER NOT NULL,
    told        BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    at_seq      INTEGER NOT NULL,
    at_k        INTEGER NOT NULL,
    tries       INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,
    failing_at  INTEGER NOT NULL,
    done_at     INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    why         TEXT NOT NULL,
    replay      INTEGER NOT NULL,
    replay_seq  INTEGER NOT NULL,
    replay_k    INTEGER NOT NULL,
    replay_to   INTEGER NOT NULL,
    replay_to_k INTEGER NOT NULL,
    replay_tries INTEGER NOT NULL,
    lease_by    TEXT NOT NULL,
    lease_until INTEGER NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_attempt (
    workspace INTEGER NOT NULL,
    webhook   TEXT NOT NULL,
    n         INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    item      TEXT NOT NULL,
    message   TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    k         INTEGER NOT NULL,
    type      TEXT NOT NULL,
    try       INTEGER NOT NULL,
    status    INTEGER NOT NULL,
    took      INTEGER NOT NULL,
    outcome   TEXT NOT NULL,
    answer    TEXT NOT NULL,
    replay    INTEGER NOT NULL,
    PRIMARY KEY (workspace, webhook, n)
) STRICT, WITHOUT ROWID;
