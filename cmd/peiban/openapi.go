package main

import (
	"encoding/json"
	"fmt"
	"time"

	"peiban/internal/api"
)

type openapi struct{}

// Run prints the document without a database: it is made from the operations alone.
func (openapi) Run(t terminal) error {
	s, err := api.New(api.Config{Real: time.Now, Version: "1", Demo: &api.Demo{}}) // with what a rehearsal offers
	if err != nil {
		return err
	}
	defer s.Close()
	b, err := json.MarshalIndent(s.OpenAPI(), "", "  ")
	if err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	_, err = fmt.Fprintln(t.out, string(b))
	return err
}
