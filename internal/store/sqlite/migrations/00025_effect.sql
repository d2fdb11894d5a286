-- +goose Up
-- What a journey did is counted by its runs, over everybody who was in it.
CREATE INDEX run_by_journey ON run (workspace, journey, started_at);
