-- +goose Up
-- What a workspace says about the page of effect: how few people a group may have before its figures are shown.

CREATE TABLE effect_settings (
    workspace INTEGER NOT NULL,
    version   INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace)
) STRICT, WITHOUT ROWID;
