-- +goose Up
-- How far the messages of each account of WeChat customer service were read. Lost, they are read again from as far back as WeCom keeps
-- them, and each is still kept once.

CREATE TABLE kf_cursor (
    workspace INTEGER NOT NULL,
    corp      TEXT NOT NULL,
    account   TEXT NOT NULL,
    cursor    TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (workspace, corp, account)
) STRICT, WITHOUT ROWID;
