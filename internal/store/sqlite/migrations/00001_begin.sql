-- +goose Up
-- Times are microseconds since 1970, UTC. A table that belongs to a person starts its key with workspace, bucket,
-- person; look-up tables, spread by their own key, are listed in storetest.

CREATE TABLE workspace (
    number      INTEGER PRIMARY KEY,
    ulid        TEXT    NOT NULL UNIQUE,
    name        TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    zone        TEXT    NOT NULL,
    salt        TEXT    NOT NULL,
    offset_us   INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    key         BLOB    NOT NULL,
    head        INTEGER NOT NULL,
    next_person INTEGER NOT NULL,
    next_held   INTEGER NOT NULL
) STRICT;

CREATE TABLE person (
    workspace   INTEGER NOT NULL,
    bucket      INTEGER NOT NULL,
    person      INTEGER NOT NULL,
    ulid        TEXT    NOT NULL,
    root        INTEGER NOT NULL,
    holdout     INTEGER NOT NULL,
    zone        TEXT    NOT NULL,
    owner       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    profile     BLOB,
    key         BLOB,
    key_version INTEGER NOT NULL,
    erased_at   INTEGER NOT NULL,
    PRIMARY KEY (workspace, bucket, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX person_by_ulid ON person (workspace, bucket, ulid);

CREATE TABLE person_place (
    workspace INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    bucket    INTEGER NOT NULL,
    PRIMARY KEY (workspace, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE identity (
    workspace INTEGER NOT NULL,
    type      TEXT    NOT NULL,
    scope     TEXT    NOT NULL,
    hash      BLOB    NOT NULL,
    person    INTEGER NOT NULL,
    bucket    INTEGER NOT NULL,
    PRIMARY KEY (workspace, type, scope, hash)
) STRICT, WITHOUT ROWID;

-- The log is appended in commit order and nothing else: id is the workspace times 2^40 plus the sequence, and no
-- other index is kept. The order by person lives in the timeline store.
CREATE TABLE event (
    id          INTEGER PRIMARY KEY,
    person      INTEGER NOT NULL,
    type        INTEGER NOT NULL,
    schema      INTEGER NOT NULL,
    flags       INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    original_at INTEGER NOT NULL,
    sent_at     INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    utc_offset  INTEGER NOT NULL,
    source      INTEGER NOT NULL,
    hash        BLOB    NOT NULL,
    actor       TEXT    NOT NULL,
    provenance  TEXT    NOT NULL,
    supersedes  INTEGER NOT NULL,
    retracts    INTEGER NOT NULL,
    num         REAL,
    a           TEXT,
    b           TEXT,
    c           TEXT,
    x           BLOB,
    body        BLOB
) STRICT;

CREATE TABLE message_id (
    workspace INTEGER NOT NULL,
    hash      BLOB    NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (workspace, hash)
) STRICT, WITHOUT ROWID;

CREATE TABLE person_state (
    workspace INTEGER NOT NULL,
    bucket    INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    state     BLOB    NOT NULL,
    wake_at   INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    PRIMARY KEY (workspace, bucket, person)
) STRICT;
CREATE INDEX person_state_seq ON person_state (workspace, seq);

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
    PRIMARY KEY (workspace, bucket, person, seq, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
    workspace  INTEGER NOT NULL,
    bucket     INTEGER NOT NULL,
    person     INTEGER NOT NULL,
    id         TEXT    NOT NULL,
    journey    TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    status     TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    step       TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at   INTEGER NOT NULL,
    until_at   INTEGER NOT NULL,
    PRIMARY KEY (workspace, bucket, person, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
    workspace   INTEGER NOT NULL,
    bucket      INTEGER NOT NULL,
    person      INTEGER NOT NULL,
    id          TEXT    NOT NULL,
    to_person   INTEGER NOT NULL,
    class       TEXT    NOT NULL,
    priority    INTEGER NOT NULL,
    content     TEXT    NOT NULL,
    version     TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    channel     TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    due_at      INTEGER NOT NULL,
    next_at     INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    tries       INTEGER NOT NULL,
    sent_at     INTEGER NOT NULL,
    read_at     INTEGER NOT NULL,
    answer      TEXT    NOT NULL,
    answered_at INTEGER NOT NULL,
    journey     TEXT    NOT NULL,
    run         TEXT    NOT NULL,
    step        TEXT    NOT NULL,
    audience    TEXT    NOT NULL,
    scope       TEXT    NOT NULL,
    title       BLOB,
    body        BLOB,
    why         TEXT    NOT NULL,
    seq         INTEGER NOT NULL,
    PRIMARY KEY (workspace, bucket, person, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_by_id ON message (workspace, id);
CREATE INDEX message_to ON message (workspace, to_person, due_at);
CREATE INDEX message_next ON message (workspace, next_at) WHERE state IN ('queued', 'held');
CREATE INDEX message_stuck ON message (workspace, state) WHERE state IN ('sending', 'dead');

CREATE TABLE task (
    workspace INTEGER NOT NULL,
    bucket    INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    id        TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    priority  INTEGER NOT NULL,
    level     INTEGER NOT NULL,
    script    TEXT    NOT NULL,
    title     BLOB,
    results   TEXT    NOT NULL,
    state     TEXT    NOT NULL,
    owner     TEXT    NOT NULL,
    role      TEXT    NOT NULL,
    claimed   TEXT    NOT NULL,
    opened_at INTEGER NOT NULL,
    due_at    INTEGER NOT NULL,
    closed_at INTEGER NOT NULL,
    closed_by TEXT    NOT NULL,
    outcome   TEXT    NOT NULL,
    note      BLOB,
    run       TEXT    NOT NULL,
    why       TEXT    NOT NULL,
    version   INTEGER NOT NULL,
    PRIMARY KEY (workspace, bucket, person, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_by_id ON task (workspace, id);
CREATE INDEX task_open ON task (workspace, state, priority, due_at) WHERE state = 'open';
CREATE INDEX task_closed ON task (workspace, closed_at) WHERE state <> 'open';

CREATE TABLE quarantine (
    workspace INTEGER NOT NULL,
    bucket    INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    id        INTEGER NOT NULL,
    source    INTEGER NOT NULL,
    hash      BLOB    NOT NULL,
    reason    TEXT    NOT NULL,
    detail    TEXT    NOT NULL,
    payload   BLOB,
    at        INTEGER NOT NULL,
    PRIMARY KEY (workspace, bucket, person, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX quarantine_by_id ON quarantine (workspace, id);

CREATE TABLE audit (
    id        INTEGER PRIMARY KEY,
    workspace INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    action    TEXT    NOT NULL,
    person    INTEGER NOT NULL,
    detail    TEXT    NOT NULL,
    ref       TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_by_person ON audit (workspace, person, id);
CREATE INDEX audit_by_actor ON audit (workspace, actor, id);

CREATE TABLE staff (
    workspace    INTEGER NOT NULL,
    id           TEXT    NOT NULL,
    login        TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    hash         TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    disabled     INTEGER NOT NULL,
    failed       INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (workspace, id),
    UNIQUE (workspace, login)
) STRICT, WITHOUT ROWID;
CREATE INDEX staff_by_login ON staff (login);

CREATE TABLE session (
    hash       BLOB    NOT NULL PRIMARY KEY,
    workspace  INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    csrf       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_subject ON session (workspace, kind, subject);

CREATE TABLE signin_link (
    hash       BLOB    NOT NULL PRIMARY KEY,
    workspace  INTEGER NOT NULL,
    person     INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE source (
    workspace  INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    key_hash   BLOB,
    created_at INTEGER NOT NULL,
    disabled   INTEGER NOT NULL,
    PRIMARY KEY (workspace, number),
    UNIQUE (workspace, name)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX source_by_key ON source (key_hash) WHERE key_hash IS NOT NULL;

CREATE TABLE idempotency (
    workspace INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    request   BLOB    NOT NULL,
    status    INTEGER NOT NULL,
    response  BLOB,
    at        INTEGER NOT NULL,
    PRIMARY KEY (workspace, actor, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE erasure (
    workspace INTEGER NOT NULL,
    person    INTEGER NOT NULL,
    ulid      TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (workspace, person)
) STRICT, WITHOUT ROWID;
