-- +goose Up
-- What leaves for other systems. Keys let them in: only hashes are kept. Webhooks are sent the feed: at_seq and at_k are how far, told
-- holds address and secrets and is sealed, attempts are what became of each request.

CREATE TABLE api_key (
    workspace      BIGINT NOT NULL,
    id             TEXT NOT NULL,
    hash           BYTEA NOT NULL,
    previous_hash  BYTEA,
    previous_until BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    created_by     TEXT NOT NULL,
    expires_at     BIGINT NOT NULL,
    rotated_at     BIGINT NOT NULL,
    used_at        BIGINT NOT NULL,
    revoked_at     BIGINT NOT NULL,
    told           TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
);
CREATE UNIQUE INDEX api_key_by_hash ON api_key (hash);
CREATE UNIQUE INDEX api_key_by_previous ON api_key (previous_hash) WHERE previous_hash IS NOT NULL;

CREATE TABLE webhook (
    workspace   BIGINT NOT NULL,
    id          TEXT NOT NULL,
    state       TEXT NOT NULL,
    version     BIGINT NOT NULL,
    told        BYTEA NOT NULL,
    created_at  BIGINT NOT NULL,
    at_seq      BIGINT NOT NULL,
    at_k        BIGINT NOT NULL,
    tries       BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,
    failing_at  BIGINT NOT NULL,
    done_at     BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    why         TEXT NOT NULL,
    replay      BIGINT NOT NULL,
    replay_seq  BIGINT NOT NULL,
    replay_k    BIGINT NOT NULL,
    replay_to   BIGINT NOT NULL,
    replay_to_k BIGINT NOT NULL,
    replay_tries BIGINT NOT NULL,
    lease_by    TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE TABLE webhook_attempt (
    workspace BIGINT NOT NULL,
    webhook   TEXT NOT NULL,
    n         BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    item      TEXT NOT NULL,
    message   TEXT NOT NULL,
    seq       BIGINT NOT NULL,
    k         BIGINT NOT NULL,
    type      TEXT NOT NULL,
    try       BIGINT NOT NULL,
    status    BIGINT NOT NULL,
    took      BIGINT NOT NULL,
    outcome   TEXT NOT NULL,
    answer    TEXT NOT NULL,
    replay    BIGINT NOT NULL,
    PRIMARY KEY (workspace, webhook, n)
);

-- The feed reads transitions in commit order, as SQLite keeps them.
CREATE INDEX transition_by_seq ON transition (workspace, seq);
