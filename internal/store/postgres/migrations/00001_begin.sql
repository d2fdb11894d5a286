-- +goose Up
-- Times are microseconds since 1970, UTC. A table that belongs to a person starts its key with workspace, bucket,
-- person; look-up tables, spread by their own key, are listed in storetest.

CREATE TABLE workspace (
    number      BIGINT  PRIMARY KEY,
    ulid        TEXT    NOT NULL UNIQUE,
    name        TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    zone        TEXT    NOT NULL,
    salt        TEXT    NOT NULL,
    offset_us   BIGINT  NOT NULL,
    created_at  BIGINT  NOT NULL,
    key         BYTEA   NOT NULL,
    head        BIGINT  NOT NULL,
    next_person BIGINT  NOT NULL,
    next_held   BIGINT  NOT NULL
);

CREATE TABLE person (
    workspace   BIGINT  NOT NULL,
    bucket      BIGINT  NOT NULL,
    person      BIGINT  NOT NULL,
    ulid        TEXT    NOT NULL,
    root        BIGINT  NOT NULL,
    holdout     BIGINT  NOT NULL,
    zone        TEXT    NOT NULL,
    owner       TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    version     BIGINT  NOT NULL,
    profile     BYTEA,
    key         BYTEA,
    key_version BIGINT  NOT NULL,
    erased_at   BIGINT  NOT NULL,
    PRIMARY KEY (workspace, bucket, person)
);
CREATE INDEX person_by_ulid ON person (workspace, bucket, ulid);

CREATE TABLE person_place (
    workspace BIGINT  NOT NULL,
    person    BIGINT  NOT NULL,
    bucket    BIGINT  NOT NULL,
    PRIMARY KEY (workspace, person)
);

CREATE TABLE identity (
    workspace BIGINT  NOT NULL,
    type      TEXT    NOT NULL,
    scope     TEXT    NOT NULL,
    hash      BYTEA   NOT NULL,
    person    BIGINT  NOT NULL,
    bucket    BIGINT  NOT NULL,
    PRIMARY KEY (workspace, type, scope, hash)
);

-- The log is read by person and in commit order. The key starts as every person's table does; the second index
-- only ever grows at its end.
CREATE TABLE event (
    workspace   BIGINT  NOT NULL,
    bucket      SMALLINT NOT NULL,
    person      BIGINT  NOT NULL,
    seq         BIGINT  NOT NULL,
    type        SMALLINT NOT NULL,
    schema      SMALLINT NOT NULL,
    flags       INTEGER NOT NULL,
    occurred_at BIGINT  NOT NULL,
    original_at BIGINT  NOT NULL,
    sent_at     BIGINT  NOT NULL,
    received_at BIGINT  NOT NULL,
    utc_offset  SMALLINT NOT NULL,
    source      INTEGER NOT NULL,
    hash        BYTEA   NOT NULL,
    actor       TEXT    NOT NULL,
    provenance  TEXT    NOT NULL,
    supersedes  BIGINT  NOT NULL,
    retracts    BIGINT  NOT NULL,
    num         DOUBLE PRECISION,
    a           TEXT,
    b           TEXT,
    c           TEXT,
    x           BYTEA,
    body        BYTEA,
    PRIMARY KEY (workspace, bucket, person, seq)
);
CREATE INDEX event_by_seq ON event (workspace, seq);

CREATE TABLE message_id (
    workspace BIGINT  NOT NULL,
    hash      BYTEA   NOT NULL,
    at        BIGINT  NOT NULL,
    PRIMARY KEY (workspace, hash)
);

CREATE TABLE person_state (
    workspace BIGINT  NOT NULL,
    bucket    BIGINT  NOT NULL,
    person    BIGINT  NOT NULL,
    state     BYTEA   NOT NULL,
    wake_at   BIGINT  NOT NULL,
    seq       BIGINT  NOT NULL,
    PRIMARY KEY (workspace, bucket, person)
);
CREATE INDEX person_state_seq ON person_state (workspace, seq);

CREATE TABLE transition (
    workspace BIGINT  NOT NULL,
    bucket    BIGINT  NOT NULL,
    person    BIGINT  NOT NULL,
    seq       BIGINT  NOT NULL,
    n         BIGINT  NOT NULL,
    kind      TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    gained    BIGINT  NOT NULL,
    at        BIGINT  NOT NULL,
    version   TEXT    NOT NULL,
    cause     TEXT    NOT NULL,
    cause_at  BIGINT  NOT NULL,
    PRIMARY KEY (workspace, bucket, person, seq, n)
);

CREATE TABLE run (
    workspace  BIGINT  NOT NULL,
    bucket     BIGINT  NOT NULL,
    person     BIGINT  NOT NULL,
    id         TEXT    NOT NULL,
    journey    TEXT    NOT NULL,
    version    BIGINT  NOT NULL,
    status     TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    step       TEXT    NOT NULL,
    started_at BIGINT  NOT NULL,
    ended_at   BIGINT  NOT NULL,
    until_at   BIGINT  NOT NULL,
    PRIMARY KEY (workspace, bucket, person, id)
);

CREATE TABLE message (
    workspace   BIGINT  NOT NULL,
    bucket      BIGINT  NOT NULL,
    person      BIGINT  NOT NULL,
    id          TEXT    NOT NULL,
    to_person   BIGINT  NOT NULL,
    class       TEXT    NOT NULL,
    priority    BIGINT  NOT NULL,
    content     TEXT    NOT NULL,
    version     TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    channel     TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    due_at      BIGINT  NOT NULL,
    next_at     BIGINT  NOT NULL,
    expires_at  BIGINT  NOT NULL,
    tries       BIGINT  NOT NULL,
    sent_at     BIGINT  NOT NULL,
    read_at     BIGINT  NOT NULL,
    answer      TEXT    NOT NULL,
    answered_at BIGINT  NOT NULL,
    journey     TEXT    NOT NULL,
    run         TEXT    NOT NULL,
    step        TEXT    NOT NULL,
    audience    TEXT    NOT NULL,
    scope       TEXT    NOT NULL,
    title       BYTEA,
    body        BYTEA,
    why         TEXT    NOT NULL,
    seq         BIGINT  NOT NULL,
    PRIMARY KEY (workspace, bucket, person, id)
);
CREATE INDEX message_by_id ON message (workspace, id);
CREATE INDEX message_to ON message (workspace, to_person, due_at);
CREATE INDEX message_next ON message (workspace, next_at) WHERE state IN ('queued', 'held');
CREATE INDEX message_stuck ON message (workspace, state) WHERE state IN ('sending', 'dead');

CREATE TABLE task (
    workspace BIGINT  NOT NULL,
    bucket    BIGINT  NOT NULL,
    person    BIGINT  NOT NULL,
    id        TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    priority  BIGINT  NOT NULL,
    level     BIGINT  NOT NULL,
    script    TEXT    NOT NULL,
    title     BYTEA,
    results   TEXT    NOT NULL,
    state     TEXT    NOT NULL,
    owner     TEXT    NOT NULL,
    role      TEXT    NOT NULL,
    claimed   TEXT    NOT NULL,
    opened_at BIGINT  NOT NULL,
    due_at    BIGINT  NOT NULL,
    closed_at BIGINT  NOT NULL,
    closed_by TEXT    NOT NULL,
    outcome   TEXT    NOT NULL,
    note      BYTEA,
    run       TEXT    NOT NULL,
    why       TEXT    NOT NULL,
    version   BIGINT  NOT NULL,
    PRIMARY KEY (workspace, bucket, person, id)
);
CREATE INDEX task_by_id ON task (workspace, id);
CREATE INDEX task_open ON task (workspace, state, priority, due_at) WHERE state = 'open';
CREATE INDEX task_closed ON task (workspace, closed_at) WHERE state <> 'open';

CREATE TABLE quarantine (
    workspace BIGINT  NOT NULL,
    bucket    BIGINT  NOT NULL,
    person    BIGINT  NOT NULL,
    id        BIGINT  NOT NULL,
    source    BIGINT  NOT NULL,
    hash      BYTEA   NOT NULL,
    reason    TEXT    NOT NULL,
    detail    TEXT    NOT NULL,
    payload   BYTEA,
    at        BIGINT  NOT NULL,
    PRIMARY KEY (workspace, bucket, person, id)
);
CREATE INDEX quarantine_by_id ON quarantine (workspace, id);

CREATE TABLE audit (
    id        BIGINT  GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    workspace BIGINT  NOT NULL,
    at        BIGINT  NOT NULL,
    actor     TEXT    NOT NULL,
    action    TEXT    NOT NULL,
    person    BIGINT  NOT NULL,
    detail    TEXT    NOT NULL,
    ref       TEXT    NOT NULL
);
CREATE INDEX audit_by_person ON audit (workspace, person, id);
CREATE INDEX audit_by_actor ON audit (workspace, actor, id);

CREATE TABLE staff (
    workspace    BIGINT  NOT NULL,
    id           TEXT    NOT NULL,
    login        TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    role         TEXT    NOT NULL,
    hash         TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    disabled     BIGINT  NOT NULL,
    failed       BIGINT  NOT NULL,
    locked_until BIGINT  NOT NULL,
    created_at   BIGINT  NOT NULL,
    PRIMARY KEY (workspace, id),
    UNIQUE (workspace, login)
);
CREATE INDEX staff_by_login ON staff (login);

CREATE TABLE session (
    hash       BYTEA   NOT NULL PRIMARY KEY,
    workspace  BIGINT  NOT NULL,
    kind       TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    csrf       TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    seen_at    BIGINT  NOT NULL
);
CREATE INDEX session_by_subject ON session (workspace, kind, subject);

CREATE TABLE signin_link (
    hash       BYTEA   NOT NULL PRIMARY KEY,
    workspace  BIGINT  NOT NULL,
    person     BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    used_at    BIGINT  NOT NULL
);

CREATE TABLE source (
    workspace  BIGINT  NOT NULL,
    number     BIGINT  NOT NULL,
    name       TEXT    NOT NULL,
    key_hash   BYTEA,
    created_at BIGINT  NOT NULL,
    disabled   BIGINT  NOT NULL,
    PRIMARY KEY (workspace, number),
    UNIQUE (workspace, name)
);
CREATE UNIQUE INDEX source_by_key ON source (key_hash) WHERE key_hash IS NOT NULL;

CREATE TABLE idempotency (
    workspace BIGINT  NOT NULL,
    actor     TEXT    NOT NULL,
    key       TEXT    NOT NULL,
    request   BYTEA   NOT NULL,
    status    BIGINT  NOT NULL,
    response  BYTEA,
    at        BIGINT  NOT NULL,
    PRIMARY KEY (workspace, actor, key)
);
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE erasure (
    workspace BIGINT  NOT NULL,
    person    BIGINT  NOT NULL,
    ulid      TEXT    NOT NULL,
    at        BIGINT  NOT NULL,
    PRIMARY KEY (workspace, person)
);
