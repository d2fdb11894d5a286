-- +goose Up
-- What a workspace says about the page of effect: how few people a group may have before its figures are shown.

CREATE TABLE effect_settings (
    workspace BIGINT NOT NULL,
    version   BIGINT NOT NULL,
    at        BIGINT NOT NULL,
    actor     TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (workspace)
);
