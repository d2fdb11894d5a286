package api

import (
	"context"
	"net/http"

	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// DemoView is what the start page of a rehearsal shows.
type DemoView struct {
	People   []DemoPhone   `json:"people"`
	Accounts []DemoAccount `json:"accounts"`
	Clock    Clock         `json:"clock"`
	Last     *Moved        `json:"last,omitempty" doc:"what came about when the clock was last moved"`
}

// DemoPhone is a person whose phone one may pick up.
type DemoPhone struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Age  *int   `json:"age,omitempty"`
	Note Text   `json:"note"`
}

func (s *Server) demoOperations() {
	serve(s, operation{"demo", http.MethodGet, "/api/demo", "demo", "The start page of a rehearsal", forAnyone}, s.demoView)
	serveCookie(s, operation{"demo-phone", http.MethodPost, "/api/demo/phone", "demo", "Pick up somebody's phone; rehearsal only", forAnyone}, s.demoPhone)
}

// demoSpace is the rehearsal of the start page. A live workspace is never one.
func (s *Server) demoSpace() *space {
	for _, sp := range s.allSpaces() {
		if sp.Workspace.Kind == workspace.Rehearsal && (s.demo.Workspace == "" || sp.Workspace.ID == s.demo.Workspace) {
			return sp
		}
	}
	return nil
}

func (s *Server) demoView(context.Context, *Empty) (DemoView, error) {
	sp := s.demoSpace()
	if sp == nil {
		return DemoView{}, errNotFound
	}
	v := DemoView{People: []DemoPhone{}, Accounts: s.demo.Accounts, Clock: s.clockView(nil, sp)}
	v.Last = sp.moved.view(s, sp)
	if v.Accounts == nil {
		v.Accounts = []DemoAccount{}
	}
	for _, p := range s.demo.People {
		if card, ok := sp.card(string(p.ID)); ok {
			v.People = append(v.People, DemoPhone{string(card.ID), card.Name, age(card.BirthYear, sp.now(), sp.loc), p.Note})
		}
	}
	return v, nil
}

type phoneInput struct {
	Body struct {
		Person string `json:"person" maxLength:"40"`
	}
}

func (s *Server) demoPhone(ctx context.Context, in *phoneInput) (Me, *http.Cookie, error) {
	sp := s.demoSpace()
	if sp == nil {
		return Me{}, nil, errNotFound
	}
	card, ok := sp.card(in.Body.Person)
	if !ok {
		return Me{}, nil, person.ErrMissing
	}
	sess, cookie, err := s.begin(ctx, sp, staff.KindPerson, string(card.ID))
	if err != nil {
		return Me{}, nil, err
	}
	me, err := s.meView(ctx, &caller{space: sp, session: sess, me: card})
	return me, cookie, err
}
