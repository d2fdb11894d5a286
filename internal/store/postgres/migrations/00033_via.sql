-- +goose Up
-- By which identifiers an event came: a few bits of their keyed hashes, see event.Via. Of what is there already it is not known.
ALTER TABLE event ADD COLUMN via bigint NOT NULL DEFAULT 0;
