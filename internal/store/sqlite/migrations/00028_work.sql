-- +goose Up
-- What a workspace says about the work of its staff, and deeds done to many tasks at once. A batch holds the tasks as they stood before, by id:
-- whom they are about is with the tasks.

CREATE TABLE work_settings (
    workspace INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace)
) STRICT, WITHOUT ROWID;

CREATE TABLE task_batch (
    workspace INTEGER NOT NULL,
    id        TEXT NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    undone_at INTEGER NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;
