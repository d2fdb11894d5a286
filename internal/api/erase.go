package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/workspace/keys"
)

// Erased says that nobody can read about a person any more.
type Erased struct {
	ID   string `json:"id"`
	Text Text   `json:"text" doc:"what is done and what is left to do"`
}

func (s *Server) eraseOperations() {
	serve(s, operation{"erase-person", http.MethodPost, "/api/people/{id}/erase", "people", "Destroy a person's key and with it every text about them, in backups too; admins only, for ever", forStaff}, s.erasePerson)
}

type eraseInput struct {
	IDPath
	Body struct {
		Confirm string `json:"confirm" minLength:"1" maxLength:"60" doc:"the person's name, or the last six characters of the id, typed by hand"`
	}
}

var (
	errConfirm = fault.New(fault.Invalid, "not_confirmed", "确认的文字不对，没有删除任何资料", "the confirmation does not match; nothing was erased").
			At("body.confirm").Because("输入此人的姓名，或编号的最后六位", "type the person's name, or the last six characters of the id")
	erasedText = text("资料已永久删除。请更新备份旁边的名单：peiban person erased FILE，恢复备份时才不会带回来",
		"The data are erased for good. Renew the list beside the backups, peiban person erased FILE, so that no restore brings them back")
)

// erasePerson does what the command line's erase does. Asking again is answered the same: whoever repeats a request
// that was cut off wants to know that it is done.
func (s *Server) erasePerson(ctx context.Context, in *eraseInput) (Erased, error) {
	done := Erased{ID: in.ID, Text: erasedText}
	if c := callerOf(ctx); c.member.Role.Can(staff.CanErase) {
		if card, ok := c.space.Conductor.Directory().ByID(person.ID(in.ID)); ok && card.Erased {
			return done, nil
		}
	}
	c, card, err := s.authorizeOne(ctx, staff.CanErase, in.ID)
	if err != nil {
		return Erased{}, err
	}
	if !confirms(in.Body.Confirm, card, in.ID) {
		return Erased{}, errConfirm
	}
	err = c.space.Conductor.Erase(ctx, card.Number, s.entry(ctx, c, "person.erase", card.Number, nil))
	if err != nil && !errors.Is(err, keys.ErrErased) { // somebody else was faster
		return Erased{}, err
	}
	s.clearFiles(ctx, c, card)
	return done, nil
}

// tail is how much of an id is typed. Two people of one name differ there: it is random.
const tail = 6

func confirms(typed string, card conductor.Card, id string) bool {
	typed = strings.Join(strings.Fields(typed), "")
	name := strings.Join(strings.Fields(card.Name), "")
	return name != "" && typed == name || len(id) > tail && strings.EqualFold(typed, id[len(id)-tail:])
}
