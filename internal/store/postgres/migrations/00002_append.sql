-- +goose Up
-- What every reading writes is appended: states to a log that is emptied into person_state in the order of people, and
-- transitions with a link to the person's transitions before.

CREATE TABLE state_log (
    workspace bigint   NOT NULL,
    seq       bigint   NOT NULL,
    person    bigint   NOT NULL,
    bucket    smallint NOT NULL,
    state     bytea    NOT NULL,
    wake_at   bigint   NOT NULL,
    changed   bigint   NOT NULL,
    PRIMARY KEY (workspace, seq, person)
);

ALTER TABLE workspace ADD COLUMN settled bigint NOT NULL DEFAULT 0;
UPDATE workspace SET settled = head;

DROP INDEX person_state_seq;
ALTER TABLE person_state ADD COLUMN changed bigint NOT NULL DEFAULT 0;
UPDATE person_state s SET changed = coalesce((SELECT max(t.seq) FROM transition t
    WHERE t.workspace = s.workspace AND t.bucket = s.bucket AND t.person = s.person), 0);

ALTER TABLE transition ADD COLUMN prev bigint NOT NULL DEFAULT 0;
UPDATE transition s SET prev = coalesce((SELECT max(t.seq) FROM transition t
    WHERE t.workspace = s.workspace AND t.bucket = s.bucket AND t.person = s.person AND t.seq < s.seq), 0);
