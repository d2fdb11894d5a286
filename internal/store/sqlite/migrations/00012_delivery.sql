-- +goose Up
-- Lists that are sent as files at fixed times. told holds where to and the keys of a store and is sealed; after_at is up to which moment
-- of the workspace's clock it is dealt with. A run is one sending: its moment is its key, so it exists once, whoever comes to it.

CREATE TABLE delivery (
    workspace  INTEGER NOT NULL,
    id         TEXT NOT NULL,
    state      TEXT NOT NULL,
    version    INTEGER NOT NULL,
    told       BLOB NOT NULL,
    maker      TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    after_at   INTEGER NOT NULL,
    why        TEXT NOT NULL,
    ended_at   INTEGER NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery_run (
    workspace   INTEGER NOT NULL,
    delivery    TEXT NOT NULL,
    due_at      INTEGER NOT NULL,
    id          TEXT NOT NULL,
    asked       TEXT NOT NULL,
    state       TEXT NOT NULL,
    want        TEXT NOT NULL,
    file        TEXT NOT NULL,
    tries       INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    row_count   INTEGER NOT NULL,
    row_total   INTEGER NOT NULL,
    bytes       INTEGER NOT NULL,
    problem     TEXT NOT NULL,
    lease_by    TEXT NOT NULL,
    lease_until INTEGER NOT NULL,
    PRIMARY KEY (workspace, delivery, due_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_run_open ON delivery_run (workspace, state) WHERE state IN ('waiting', 'running');
