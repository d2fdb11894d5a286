-- +goose Up
-- Who is linked to a person is asked for whenever that person's rows are read.
CREATE INDEX person_root ON person (workspace, root) WHERE root <> 0;
