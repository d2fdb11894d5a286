-- +goose Up
-- Resources of FHIR as they came, sealed with the key of whom they are about; person 0: of nobody in particular. hash is of whose
-- numbering, type and id; each version is a row, and the newest holds. seqs are the events it became.

CREATE TABLE fhir_resource (
    workspace INTEGER NOT NULL,
    bucket    INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    hash      BLOB NOT NULL,
    version   INTEGER NOT NULL,
    type      TEXT NOT NULL,
    source    INTEGER NOT NULL,
    digest    BLOB NOT NULL,
    seqs      BLOB NOT NULL,
    at        INTEGER NOT NULL,
    body      BLOB NOT NULL,
    PRIMARY KEY (workspace, bucket, person, hash, version)
) STRICT, WITHOUT ROWID;

CREATE INDEX fhir_resource_by_hash ON fhir_resource (workspace, hash);
