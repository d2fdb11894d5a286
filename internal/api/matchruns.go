package api

import (
	"context"
	"net/http"

	"peiban/internal/review"
	"peiban/internal/staff"
)

// MatchRun is one search for people who may be one.
type MatchRun struct {
	Number     int64  `json:"number"`
	State      string `json:"state" enum:"waiting,running,stopped,done,failed"`
	Asked      bool   `json:"asked,omitempty" doc:"it was asked to stop"`
	Nightly    bool   `json:"nightly,omitempty"`
	By         *Text  `json:"by,omitempty"`
	Created    string `json:"created"`
	Ended      string `json:"ended,omitempty"`
	Stage      string `json:"stage,omitempty" enum:"reading,blocking,comparing,learning,scoring,writing,"`
	StageText  Text   `json:"stageText"`
	People     int    `json:"people" doc:"who were compared"`
	Candidates int    `json:"candidates" doc:"pairs that were compared"`
	Found      int    `json:"found" doc:"pairs that are likely enough"`
	Fresh      int    `json:"fresh" doc:"of them, new in the queue"`
	Problem    string `json:"problem,omitempty"`
}

// MatchRuns are the newest runs.
type MatchRuns struct {
	Items   []MatchRun `json:"items"`
	Running bool       `json:"running"`
}

type stopMatchRunInput struct {
	Number int64 `path:"number" minimum:"1"`
}

func (s *Server) matchRunOperations() {
	serve(s, operation{"match-runs", http.MethodGet, "/api/match-runs", "reviews", "Searches for people who may be one, the newest first", forStaff}, s.matchRuns)
	serve(s, operation{"start-match-run", http.MethodPost, "/api/match-runs", "reviews", "Look for people who may be one", forStaff}, s.startMatchRun)
	serve(s, operation{"stop-match-run", http.MethodPost, "/api/match-runs/{number}/stop", "reviews", "Stop a search; what it found stays", forStaff}, s.stopMatchRun)
}

var matchStages = map[string]Text{
	"reading": text("读名单", "reading the people"), "blocking": text("找可能的对子", "finding candidates"), "comparing": text("比较", "comparing"),
	"learning": text("学习权重", "learning weights"), "scoring": text("打分", "scoring"), "writing": text("写进核对", "writing pairs"),
}

func (s *Server) matchRuns(ctx context.Context, _ *Empty) (MatchRuns, error) {
	c, _, err := s.authorize(ctx, staff.CanMerge)
	if err != nil {
		return MatchRuns{}, err
	}
	return s.matchRunList(ctx, c)
}

func (s *Server) matchRunList(ctx context.Context, c *caller) (MatchRuns, error) {
	list, err := s.store.MatchRuns(ctx, c.space.number(), 10)
	if err != nil {
		return MatchRuns{}, err
	}
	out := MatchRuns{Items: []MatchRun{}}
	for i := range list {
		r := &list[i]
		v := MatchRun{
			Number: r.Number, State: string(r.State), Asked: r.Want == "stop" && !r.Over(), Nightly: r.Night != "", By: s.actorName(ctx, c, r.Actor),
			Created: moment(r.Created, c.space.loc), People: r.People, Candidates: r.Candidates, Found: r.Found, Fresh: r.Fresh, Problem: r.Problem,
		}
		if r.Ended > 0 {
			v.Ended = moment(r.Ended, c.space.loc)
		}
		if !r.Over() {
			v.Stage, v.StageText, out.Running = r.Stage, matchStages[r.Stage], true
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

func (s *Server) startMatchRun(ctx context.Context, _ *Empty) (MatchRuns, error) {
	c, _, err := s.authorize(ctx, staff.CanMerge)
	if err != nil {
		return MatchRuns{}, err
	}
	v := review.Run{Actor: c.actor(), Created: s.real().UnixMicro()}
	if err := s.store.StartMatchRun(ctx, c.space.number(), &v, s.entry(ctx, c, "match.start", 0, nil)); err != nil {
		return MatchRuns{}, err
	}
	return s.matchRunList(ctx, c)
}

func (s *Server) stopMatchRun(ctx context.Context, in *stopMatchRunInput) (MatchRuns, error) {
	c, _, err := s.authorize(ctx, staff.CanMerge)
	if err != nil {
		return MatchRuns{}, err
	}
	if err := s.store.StopMatchRun(ctx, c.space.number(), in.Number, s.entry(ctx, c, "match.stop", 0, map[string]any{"run": in.Number})); err != nil {
		return MatchRuns{}, err
	}
	return s.matchRunList(ctx, c)
}
