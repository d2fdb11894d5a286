-- +goose Up
-- What a workspace says about the work of its staff, and deeds done to many tasks at once. A batch holds the tasks as they stood before, by id:
-- whom they are about is with the tasks.

CREATE TABLE work_settings (
    workspace BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace)
);

CREATE TABLE task_batch (
    workspace BIGINT NOT NULL,
    id        TEXT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    undone_at BIGINT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
);
