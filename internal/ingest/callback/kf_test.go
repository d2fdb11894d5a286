package callback_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"peiban/internal/conversation"
	"peiban/internal/event"
)

func kfNews(token string, at int64) string {
	return fmt.Sprintf(`<xml><ToUserName>%s</ToUserName><CreateTime>%d</CreateTime><MsgType>event</MsgType><Event>kf_msg_or_event</Event><Token>%s</Token><OpenKfId>kf1</OpenKfId></xml>`, corpID, at, token)
}

// service is customer service that has pages; a cursor is the number of the page to come.
type service struct {
	pages  []string // msg_list of each
	asked  []string // the cursors and tokens it was asked with
	refuse func(token string) int
}

func (s *service) answer(body []byte) string {
	var in struct{ Cursor, Token string }
	_ = json.Unmarshal(body, &in)
	s.asked = append(s.asked, in.Cursor+"/"+in.Token)
	if s.refuse != nil {
		if code := s.refuse(in.Token); code != 0 {
			return fmt.Sprintf(`{"errcode":%d,"errmsg":"no"}`, code)
		}
	}
	n := 0
	fmt.Sscan(strings.TrimPrefix(in.Cursor, "c"), &n)
	if n >= len(s.pages) {
		return fmt.Sprintf(`{"errcode":0,"next_cursor":"c%d","has_more":0,"msg_list":[]}`, n)
	}
	more := 0
	if n+1 < len(s.pages) {
		more = 1
	}
	return fmt.Sprintf(`{"errcode":0,"next_cursor":"c%d","has_more":%d,"msg_list":[%s]}`, n+1, more, s.pages[n])
}

func kfSaid(id, who, text string, origin int, at int64) string {
	return fmt.Sprintf(`{"msgid":%q,"open_kfid":"kf1","external_userid":%q,"send_time":%d,"origin":%d,"msgtype":"text","text":{"content":%q}}`, id, who, at, origin, text)
}

// listen has customer service answer.
func (d *desk) listen(s *service) {
	var body []byte
	d.asked = func(api string, b []byte) {
		if api == "kf/sync_msg" {
			body = b
		}
	}
	before := d.far
	d.far = func(api string) string {
		if api == "kf/sync_msg" {
			return s.answer(body)
		}
		return before(api)
	}
}

// spoken is who said what, of the only person.
func (d *desk) spoken() (out []string) {
	d.t.Helper()
	l, err := d.space.Look(1, 0, 0)
	must(d.t, err)
	var seqs []event.Seq
	for i := range l.View.Len() {
		if l.View.Type[i] == event.Chat {
			seqs = append(seqs, l.View.Seq[i])
		}
	}
	es, err := d.store.EventsBySeq(d.t.Context(), 1, 1, seqs)
	must(d.t, err)
	words, err := d.space.Words(1, es)
	must(d.t, err)
	for _, e := range es {
		out = append(out, e.A.String()+": "+words[e.Seq].Text)
	}
	return out
}

func TestCustomerServiceIsHeardOnce(t *testing.T) {
	d := newDesk(t)
	at := d.now.Unix() - 60
	s := &service{pages: []string{
		kfSaid("m1", "wm0001", "试纸用完了", 3, at) + `,{"msgid":"m2","origin":4,"msgtype":"event","send_time":1,"event":{"event_type":"enter_session","open_kfid":"kf1","external_userid":"wm0001"}}`,
		``, // it says that there is more and has nothing
		kfSaid("m3", "wm0001", "您好，马上看", 5, at+1) + `,{"msgid":"m4","open_kfid":"kf1","external_userid":"wm0001","send_time":` + fmt.Sprint(at+2) + `,"origin":3,"msgtype":"image","image":{"media_id":"x"}},{"odd":1},"nonsense"`,
	}}
	d.listen(s)
	for range 3 { // the callback comes three times
		d.tell(kfNews("T", d.now.Unix()))
		d.work()
	}
	if got := strings.Join(d.spoken(), "; "); got != "person: 试纸用完了; staff: 您好，马上看; person: ［图片］" {
		t.Errorf("%s", got)
	}
	talk := d.space.Talk(1)
	if talk.Channel() != "kf" || talk.StateAt(d.now.UnixMicro()) != conversation.Open || talk.Window(d.now).Left != 5 {
		t.Errorf("%+v", talk)
	}
	// Another comes with a callback of its own: it is read from where it ended.
	s.pages = append(s.pages, kfSaid("m5", "wm0001", "收到", 3, at+3))
	s.asked = nil
	d.tell(kfNews("T2", d.now.Unix()+1))
	d.work()
	if len(s.asked) == 0 || s.asked[0] != "c3/T2" {
		t.Errorf("asked from %v", s.asked)
	}
	// The cursor is lost: all is read again, and nothing is kept twice.
	must(t, d.store.SaveKfCursor(t.Context(), 1, "abcdef", "kf1", "", 1))
	d.tell(kfNews("T3", d.now.Unix()+2))
	d.work()
	if got := d.spoken(); len(got) != 4 {
		t.Errorf("%q", got)
	}
}

func TestCustomerServiceWithAnOldToken(t *testing.T) {
	d := newDesk(t)
	s := &service{pages: []string{kfSaid("m1", "wm0001", "在吗", 3, d.now.Unix())}, refuse: func(token string) int {
		if token != "" {
			return 95007
		}
		return 0
	}}
	d.listen(s)
	d.tell(kfNews("OLD", d.now.Unix()))
	d.work()
	if got := d.spoken(); len(got) != 1 {
		t.Errorf("%q, asked %v", got, s.asked)
	}
}
