-- +goose Up
-- A run that chance divides: which way it was given.
ALTER TABLE run ADD COLUMN arm TEXT NOT NULL DEFAULT '';
