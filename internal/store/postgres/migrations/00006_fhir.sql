-- +goose Up
-- Resources of FHIR as they came, sealed with the key of whom they are about; person 0: of nobody in particular. hash is of whose
-- numbering, type and id; each version is a row, and the newest holds. seqs are the events it became.

CREATE TABLE fhir_resource (
    workspace BIGINT NOT NULL,
    bucket    SMALLINT NOT NULL,
    person    BIGINT NOT NULL,
    hash      BYTEA NOT NULL,
    version   BIGINT NOT NULL,
    type      TEXT NOT NULL,
    source    BIGINT NOT NULL,
    digest    BYTEA NOT NULL,
    seqs      BYTEA NOT NULL,
    at        BIGINT NOT NULL,
    body      BYTEA NOT NULL,
    PRIMARY KEY (workspace, bucket, person, hash, version)
);

CREATE INDEX fhir_resource_by_hash ON fhir_resource (workspace, hash);
