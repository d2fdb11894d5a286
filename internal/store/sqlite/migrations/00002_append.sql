-- +goose Up
-- A row with a key of its own writes a page of its own once its table is large. What every reading writes is therefore
-- appended: states to a log that is emptied into person_state in the order of people, transitions in commit order with
-- a link to the person's transitions before, message ids in runs (see claim.go).

CREATE TABLE state_log (
    workspace INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    bucket    INTEGER NOT NULL,
    state     BLOB    NOT NULL,
    wake_at   INTEGER NOT NULL,
    changed   INTEGER NOT NULL,
    PRIMARY KEY (workspace, seq, person)
) STRICT, WITHOUT ROWID;

ALTER TABLE workspace ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;

ALTER TABLE person_state RENAME TO person_state_1;
DROP INDEX person_state_seq;
CREATE TABLE person_state (
    workspace INTEGER NOT NULL,
    bucket    INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    state     BLOB    NOT NULL,
    wake_at   INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    changed   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace, bucket, person)
) STRICT, WITHOUT ROWID;
INSERT INTO person_state (workspace, bucket, person, state, wake_at, seq, changed)
SELECT workspace, bucket, person, state, wake_at, seq, coalesce((SELECT max(t.seq) FROM transition t
    WHERE t.workspace = s.workspace AND t.bucket = s.bucket AND t.person = s.person), 0)
FROM person_state_1 s ORDER BY workspace, bucket, person;
DROP TABLE person_state_1;
UPDATE workspace SET settled = head;

ALTER TABLE transition RENAME TO transition_1;
CREATE TABLE transition (
    workspace INTEGER NOT NULL,
    bucket    INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    n         INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    gained    INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    version   TEXT    NOT NULL,
    cause     TEXT    NOT NULL,
    cause_at  INTEGER NOT NULL,
    prev      INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace, seq, person, n)
) STRICT, WITHOUT ROWID;
INSERT INTO transition (workspace, bucket, person, seq, n, kind, key, gained, at, version, cause, cause_at, prev)
SELECT workspace, bucket, person, seq, n, kind, key, gained, at, version, cause, cause_at,
    coalesce((SELECT max(t.seq) FROM transition_1 t
        WHERE t.workspace = s.workspace AND t.bucket = s.bucket AND t.person = s.person AND t.seq < s.seq), 0)
FROM transition_1 s ORDER BY workspace, seq, person, n;
DROP TABLE transition_1;

ALTER TABLE message_id RENAME TO message_id_1;
CREATE TABLE message_id (
    workspace INTEGER NOT NULL,
    run       INTEGER NOT NULL DEFAULT 0,
    hash      BLOB    NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (workspace, run, hash)
) STRICT, WITHOUT ROWID;
-- The ids there are already become runs of neighbours; their filters are made when they are first asked.
INSERT INTO message_id (workspace, run, hash, at)
SELECT workspace, (row_number() OVER (PARTITION BY workspace ORDER BY hash) - 1) / 65536, hash, at
FROM message_id_1 ORDER BY workspace, hash;
DROP TABLE message_id_1;

CREATE TABLE message_run (
    workspace INTEGER NOT NULL,
    run       INTEGER NOT NULL,
    size      INTEGER NOT NULL,
    stamp     INTEGER NOT NULL,
    PRIMARY KEY (workspace, run)
) STRICT, WITHOUT ROWID;
-- Filters are large, so they lie apart from what every commit reads and writes. id is the workspace times 2^40 plus the run.
CREATE TABLE message_filter (
    id     INTEGER PRIMARY KEY,
    filter BLOB NOT NULL
) STRICT;
INSERT INTO message_run (workspace, run, size, stamp) SELECT workspace, run, count(*), 0 FROM message_id GROUP BY workspace, run;
