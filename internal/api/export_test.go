package api

import "time"

// Beat makes streams look at their session every d.
func (s *Server) Beat(d time.Duration) {
	s.every = func(time.Duration) *time.Ticker { return time.NewTicker(d) }
}

// Deed is an action of the log of proof in words.
func Deed(action string) Text { return deedOf(action) }
