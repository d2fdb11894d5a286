-- +goose Up
-- A line stays after its question was answered: with the product it got and which of its numbers follow from it, so that a wrong answer
-- can be mended. A line without a product waits. Lines answered before this are not known any more.

ALTER TABLE product_line ADD COLUMN product TEXT NOT NULL DEFAULT '';
ALTER TABLE product_line ADD COLUMN filled SMALLINT NOT NULL DEFAULT 0;
