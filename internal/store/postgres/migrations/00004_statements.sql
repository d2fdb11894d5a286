-- +goose Up
-- What people state about a programme on its way to going live: which item of the checklist, who, when, about which files.

CREATE TABLE programme_statement (
    workspace bigint  NOT NULL,
    programme text    NOT NULL,
    item      text    NOT NULL,
    at        bigint  NOT NULL,
    actor     text    NOT NULL,
    note      text    NOT NULL,
    hash      text    NOT NULL,
    PRIMARY KEY (workspace, programme, item)
);
