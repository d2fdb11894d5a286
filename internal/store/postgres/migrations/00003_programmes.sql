-- +goose Up
-- A workspace keeps the versions of its programmes that were published, as text, with their place in the commit
-- sequence: what was committed after seq ran under that version. The one of seq 0 ran before any was published.

CREATE TABLE programme_version (
    workspace bigint  NOT NULL,
    programme text    NOT NULL,
    version   bigint  NOT NULL,
    seq       bigint  NOT NULL,
    at        bigint  NOT NULL,
    actor     text    NOT NULL,
    note      text    NOT NULL,
    hash      text    NOT NULL,
    people    bigint  NOT NULL,
    changed   bigint  NOT NULL,
    carried   bigint  NOT NULL,
    files     text    NOT NULL,
    PRIMARY KEY (workspace, programme, version)
);

CREATE TABLE programme_draft (
    workspace bigint  NOT NULL,
    programme text    NOT NULL,
    base      bigint  NOT NULL,
    revision  bigint  NOT NULL,
    at        bigint  NOT NULL,
    actor     text    NOT NULL,
    files     text    NOT NULL,
    PRIMARY KEY (workspace, programme)
);
