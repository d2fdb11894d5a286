-- +goose Up
-- The queue of pairs is read page by page. one and two are who the two of a pair are now, the smaller number first: whom they were merged into,
-- or themselves. They change with every link, so that a page needs nobody's links.
-- The weight is in the second index so that SQLite looks there for a stronger pair, and not through all pairs.

ALTER TABLE proposal ADD COLUMN one INTEGER NOT NULL DEFAULT 0;
ALTER TABLE proposal ADD COLUMN two INTEGER NOT NULL DEFAULT 0;
UPDATE proposal SET
    one = (WITH RECURSIVE up(n, root) AS (
        SELECT p.person, p.root FROM person_place l JOIN person p ON p.workspace = l.workspace AND p.bucket = l.bucket AND p.person = l.person
        WHERE l.workspace = proposal.workspace AND l.person = proposal.person
        UNION SELECT p.person, p.root FROM up JOIN person_place l ON l.workspace = proposal.workspace AND l.person = up.root
            JOIN person p ON p.workspace = l.workspace AND p.bucket = l.bucket AND p.person = l.person
    ) SELECT n FROM up WHERE root = 0),
    two = (WITH RECURSIVE up(n, root) AS (
        SELECT p.person, p.root FROM person_place l JOIN person p ON p.workspace = l.workspace AND p.bucket = l.bucket AND p.person = l.person
        WHERE l.workspace = proposal.workspace AND l.person = proposal.other
        UNION SELECT p.person, p.root FROM up JOIN person_place l ON l.workspace = proposal.workspace AND l.person = up.root
            JOIN person p ON p.workspace = l.workspace AND p.bucket = l.bucket AND p.person = l.person
    ) SELECT n FROM up WHERE root = 0);
UPDATE proposal SET one = two, two = one WHERE one > two;

DROP INDEX proposal_state;
CREATE INDEX proposal_queue ON proposal (workspace, state, weight DESC, person, other);
CREATE INDEX proposal_now ON proposal (workspace, state, one, two, weight);
