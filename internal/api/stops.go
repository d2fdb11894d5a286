package api

import (
	"context"
	"net/http"
	"strings"

	"peiban/internal/audit"
	"peiban/internal/fault"
	"peiban/internal/staff"
	"peiban/internal/wording"
	"peiban/internal/workspace"
)

type stopStore interface {
	StopWords(ctx context.Context, w workspace.Number) (wording.OwnStops, int64, error)
	SaveStopWords(ctx context.Context, w workspace.Number, own wording.OwnStops, version, at int64, actor string, entries ...audit.Entry) error
}

// StopWords are the words by which people opt out in a chat: the shipped ones, which nobody takes away, and the workspace's own.
type StopWords struct {
	Version int64            `json:"version"`
	Shipped wording.OwnStops `json:"shipped"`
	Own     wording.OwnStops `json:"own"`
	May     bool             `json:"may" doc:"the caller may change them"`
}

func (v StopWords) etag() string { return quoted(v.Version) }

// StopTry is what a text would stop.
type StopTry struct {
	Stops string `json:"stops" enum:"nothing,marketing,all"`
}

var errStopWord = fault.New(fault.Invalid, "stop_word", "每个词不能空、不能重复、最长 20 个字，一组最多 100 个", "a word may not be empty, twice there or longer than 20 characters; at most 100 in a group")

func (s *Server) stopOperations() {
	serve(s, operation{"stop-words", http.MethodGet, "/api/stop-words", "messages", "The words by which people opt out in a chat", forStaff}, s.stopWords)
	serve(s, operation{"save-stop-words", http.MethodPut, "/api/stop-words", "messages", "Change the workspace's own words of opting out; the shipped ones stay", forStaff}, s.saveStopWords)
	serve(s, operation{"try-stop-words", http.MethodPost, "/api/stop-words/try", "messages", "What a text would stop, by words that are not saved yet; nothing is kept", forStaff}, s.tryStopWords)
}

func (s *Server) stopWords(ctx context.Context, _ *Empty) (StopWords, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return StopWords{}, err
	}
	own, version, err := s.store.StopWords(ctx, c.space.number())
	if err != nil {
		return StopWords{}, err
	}
	return StopWords{version, lists(wording.ShippedStops().Alone()), lists(own), c.member.Role.Can(staff.CanAssign)}, nil
}

// lists are words with none as an empty list.
func lists(o wording.OwnStops) wording.OwnStops {
	return wording.OwnStops{All: append([]string{}, o.All...), Marketing: append([]string{}, o.Marketing...)}
}

type stopWordsIn struct {
	Based
	Body wording.OwnStops
}

func (s *Server) saveStopWords(ctx context.Context, in *stopWordsIn) (StopWords, error) {
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return StopWords{}, err
	}
	_, version, err := s.store.StopWords(ctx, c.space.number())
	if err != nil {
		return StopWords{}, err
	}
	if err := in.check(version); err != nil {
		return StopWords{}, err
	}
	own, err := ownStops(in.Body)
	if err != nil {
		return StopWords{}, err
	}
	entry := s.entry(ctx, c, "stops.change", 0, map[string]any{"all": len(own.All), "marketing": len(own.Marketing)})
	if err := s.store.SaveStopWords(ctx, c.space.number(), own, version, c.space.now(), c.actor(), entry); err != nil {
		return StopWords{}, err
	}
	return s.stopWords(ctx, nil)
}

func ownStops(o wording.OwnStops) (wording.OwnStops, error) {
	trim := func(words []string) (out []string) {
		for _, word := range words {
			out = append(out, strings.TrimSpace(word))
		}
		return out
	}
	o.All, o.Marketing = trim(o.All), trim(o.Marketing)
	if field, err := o.Check(); err != nil {
		return o, errStopWord.At("body.%s", field)
	}
	return o, nil
}

type stopTryIn struct {
	Body struct {
		Text string           `json:"text" maxLength:"2000"`
		Own  wording.OwnStops `json:"own"`
	}
}

func (s *Server) tryStopWords(ctx context.Context, in *stopTryIn) (StopTry, error) {
	if _, _, err := s.authorize(ctx, staff.CanReadPeople); err != nil {
		return StopTry{}, err
	}
	own, err := ownStops(in.Body.Own)
	if err != nil {
		return StopTry{}, err
	}
	what := wording.ShippedStops().With(own).Heard(in.Body.Text)
	if what == wording.Nothing {
		return StopTry{"nothing"}, nil
	}
	return StopTry{string(what)}, nil
}
