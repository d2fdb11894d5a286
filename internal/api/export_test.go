package api

import "time"

// Beat makes streams look at their session every d.
func (s *Server) Beat(d time.Duration) {
	s.every = func(time.Duration) *time.Ticker { return time.NewTicker(d) }
}
