-- +goose Up
-- Lists that are sent as files at fixed times. told holds where to and the keys of a store and is sealed; after_at is up to which moment
-- of the workspace's clock it is dealt with. A run is one sending: its moment is its key, so it exists once, whoever comes to it.

CREATE TABLE delivery (
    workspace  BIGINT NOT NULL,
    id         TEXT NOT NULL,
    state      TEXT NOT NULL,
    version    BIGINT NOT NULL,
    told       BYTEA NOT NULL,
    maker      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    after_at   BIGINT NOT NULL,
    why        TEXT NOT NULL,
    ended_at   BIGINT NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE TABLE delivery_run (
    workspace   BIGINT NOT NULL,
    delivery    TEXT NOT NULL,
    due_at      BIGINT NOT NULL,
    id          TEXT NOT NULL,
    asked       TEXT NOT NULL,
    state       TEXT NOT NULL,
    want        TEXT NOT NULL,
    file        TEXT NOT NULL,
    tries       BIGINT NOT NULL,
    next_at     BIGINT NOT NULL,
    started_at  BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL,
    row_count   BIGINT NOT NULL,
    row_total   BIGINT NOT NULL,
    bytes       BIGINT NOT NULL,
    problem     TEXT NOT NULL,
    lease_by    TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    PRIMARY KEY (workspace, delivery, due_at)
);
CREATE INDEX delivery_run_open ON delivery_run (workspace, state) WHERE state IN ('waiting', 'running');
