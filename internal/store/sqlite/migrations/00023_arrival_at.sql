-- +goose Up
-- By which browser a code was opened is forgotten after a while; how many opened it on a day stays.
CREATE INDEX arrival_at ON arrival (at);
