-- +goose Up
-- What a bulk export gives of one person, a type of resource a row: lines of JSON, packed and sealed with that person's own key, so that
-- erasing the person takes it away from an export that is ready, and from backups.

CREATE TABLE export_part (
    workspace INTEGER NOT NULL,
    bucket    INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    job       INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    data      BLOB NOT NULL,
    PRIMARY KEY (workspace, bucket, person, job, kind)
) STRICT, WITHOUT ROWID;
