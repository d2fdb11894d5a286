package api_test

import (
	"archive/zip"
	"bytes"
	"image/png"
	"strings"
	"testing"

	"peiban/internal/api"
)

func (b *browser) code(said props) (e api.Entrance) {
	b.h.t.Helper()
	if status := b.do("POST", "/api/entrances", said, &e); status != 200 {
		b.h.t.Fatalf("a code: %d", status)
	}
	return e
}

// arrives opens a code in a fresh browser and joins by it.
func (h *house) arrives(state, name, phone string) (*browser, api.Me) {
	h.t.Helper()
	b := h.browser()
	b.do("POST", "/api/join/"+state+"/opened", props{"clicks": props{"bd_vid": "abc", "x": "<script>"}}, nil)
	var me api.Me
	if status := b.do("POST", "/api/join/"+state, b.joining(state, name, phone), &me); status != 200 {
		h.t.Fatalf("%s joins: %d", name, status)
	}
	b.csrf = me.CSRF
	return b, me
}

func (b *browser) joining(state, name, phone string) props {
	b.h.t.Helper()
	var page api.JoinPage
	if status := b.do("GET", "/api/join/"+state, nil, &page); status != 200 {
		b.h.t.Fatalf("the page: %d", status)
	}
	answers := []props{}
	for _, c := range page.Consents {
		answers = append(answers, props{"purpose": c.Purpose, "version": c.Version, "granted": true})
	}
	return props{"name": name, "phone": phone, "answers": answers}
}

func TestAPersonComesByACode(t *testing.T) {
	h := newHouse(t)
	admin := h.as("admin")
	code := admin.code(props{"kind": "pharmacy", "name": "城东大药房", "province": "浙江", "city": "杭州", "channel": "yixintang", "words": "城东大药房请您加入"})
	if len(code.State) > 30 || !strings.HasSuffix(code.URL, "/m/j/"+code.State) || code.Standing != "open" {
		t.Fatalf("%+v", code)
	}
	b := h.browser()
	for range 3 { // the same browser, again and again
		b.do("POST", "/api/join/"+code.State+"/opened", props{}, nil)
	}
	said := b.joining(code.State, "张桂芳", "13800138000")
	refused := b.refused("POST", "/api/join/"+code.State, props{"name": "张桂芳", "answers": []props{}})
	if refused.Code != "consent_first" {
		t.Errorf("without a consent: %s", refused.Code)
	}
	var me, again api.Me
	b.do("POST", "/api/join/"+code.State, said, &me)
	b.do("POST", "/api/join/"+code.State, said, &again)
	if me.ID == "" || me.ID != again.ID || me.NeedsConsent {
		t.Fatalf("joined as %q, then %q", me.ID, again.ID)
	}
	_, known := h.arrives(code.State, "李建国", "+86 138 0013 8000") // answers as ever: who is here is nobody's to find out
	if known.ID == me.ID {
		t.Error("a telephone number lets somebody in")
	}
	if status := admin.do("POST", "/api/entrances/"+code.ID+"/costs", props{"from": "2026-03-01", "to": "2026-03-10", "fen": 10000, "what": "展架"}, nil); status != 200 {
		t.Fatalf("a cost: %d", status)
	}
	var page api.EntrancePage
	admin.do("GET", "/api/entrances/"+code.ID, nil, &page)
	f := page.Figures
	if f.Opened != 2 || f.Arrived != 2 || f.Settled != 2 || f.Fen == nil || *f.Fen != 10000 || *f.PerSettled != 5000 || f.Kept != nil {
		t.Errorf("%+v", f)
	}
	if len(page.Days) != 1 || page.Days[0].Settled != 2 || len(page.Costs) != 1 {
		t.Errorf("%+v, %+v", page.Days, page.Costs)
	}
	var people api.Listing[api.PersonRow]
	admin.do("GET", "/api/people?channel="+code.ID+"&reached=settled", nil, &people)
	if people.Total != f.Settled {
		t.Errorf("the number opens %d people", people.Total)
	}
	var list api.Entrances
	admin.do("GET", "/api/entrances?kind=pharmacy&q=杭州", nil, &list)
	if list.Total != 1 || list.Sum.Settled != 2 {
		t.Errorf("%+v", list.Sum)
	}
	var regions api.Regions
	admin.do("GET", "/api/entrances/regions", nil, &regions)
	if len(regions.Items) != 1 || regions.Items[0].City != "杭州" || regions.Items[0].Figures.Settled != 2 {
		t.Errorf("%+v", regions)
	}
}

func TestACodeThatEndedStillOpens(t *testing.T) {
	h := newHouse(t)
	admin := h.as("admin")
	next := admin.code(props{"kind": "event", "name": "义诊"})
	old := admin.code(props{"kind": "campaign", "name": "去年的投放", "to": "2025-12-31"})
	h.browser().do("POST", "/api/join/"+old.State+"/opened", props{}, nil)
	var page api.JoinPage
	h.browser().do("GET", "/api/join/"+old.State, nil, &page)
	if page.Standing != "ended" || page.Joinable {
		t.Errorf("%+v", page)
	}
	if r := h.browser().refused("POST", "/api/join/"+old.State, props{"name": "张", "answers": []props{}}); r.Code != "code_not_open" {
		t.Errorf("joining an ended code: %s", r.Code)
	}
	if status := admin.do("PUT", "/api/entrances/setting", props{"default": next.ID}, nil); status != 204 {
		t.Fatalf("the default: %d", status)
	}
	page = api.JoinPage{}
	h.browser().do("GET", "/api/join/"+old.State, nil, &page)
	if page.Standing != "ended" || !page.Joinable || page.Name != "义诊" {
		t.Errorf("%+v", page)
	}
	h.arrives(old.State, "张桂芳", "")
	var one api.EntrancePage
	admin.do("GET", "/api/entrances/"+old.ID, nil, &one)
	if f := one.Figures; f.Opened != 2 || f.Late != 2 || f.Settled != 1 {
		t.Errorf("%+v", f)
	}
	for _, state := range []string{"nobodyknows", "%3Cscript%3E", strings.Repeat("a", 60), "a'--"} {
		if status := h.browser().do("GET", "/api/join/"+state, nil, nil); status != 404 {
			t.Errorf("%s: %d", state, status)
		}
	}
}

func TestChannelsAreTheirOwners(t *testing.T) {
	h := newHouse(t)
	admin, liu := h.as("admin"), h.as("liu")
	var list api.Entrances
	admin.do("GET", "/api/entrances", nil, &list)
	var liuID string
	for _, o := range list.Owners {
		if strings.HasPrefix(o.Name, "刘") {
			liuID = o.ID
		}
	}
	mine := admin.code(props{"kind": "rep", "name": "刘的码", "owner": liuID})
	other := admin.code(props{"kind": "rep", "name": "别人的码"})
	list = api.Entrances{}
	liu.do("GET", "/api/entrances", nil, &list)
	if list.Total != 1 || list.Items[0].ID != mine.ID || list.MayManage {
		t.Errorf("%+v", list)
	}
	for path, want := range map[string]int{"/api/entrances/" + other.ID: 404, "/api/entrances/" + other.ID + "/code.png": 404, "/api/people?channel=" + other.ID: 404, "/api/inviters": 403} {
		if status := liu.do("GET", path, nil, nil); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status := liu.do("POST", "/api/entrances", props{"kind": "rep", "name": "x"}, nil); status != 403 {
		t.Errorf("liu makes a code: %d", status)
	}
	if r := admin.refused("PUT", "/api/entrances/"+mine.ID, props{"kind": "rep", "name": "y"}); r.Status != 428 {
		t.Errorf("a change without its version: %d", r.Status)
	}
	if r := admin.refused("PUT", "/api/entrances/"+mine.ID, props{"kind": "rep", "name": "y", "successor": mine.ID}, "If-Match", "*"); r.Code != "entrance_circle" || r.Field != "body.successor" {
		t.Errorf("%+v", r)
	}
}

func TestCodesArePrinted(t *testing.T) {
	h := newHouse(t)
	admin := h.as("admin")
	code := admin.code(props{"kind": "pharmacy", "name": `城东<"&>大药房`, "place": "解放路 1 号"})
	_, body := admin.raw("GET", "/api/entrances/"+code.ID+"/code.png?cm=2.54&dpi=300", nil)
	img, err := png.Decode(bytes.NewReader(body))
	if err != nil || img.Bounds().Dx() != 300 || !bytes.Contains(body[:60], []byte("pHYs")) {
		t.Errorf("the picture: %v", err)
	}
	_, body = admin.raw("GET", "/api/entrances/"+code.ID+"/code.svg?cm=5&caption=1", nil)
	if s := string(body); !strings.Contains(s, `width="5cm"`) || !strings.Contains(s, "&lt;&#34;&amp;&gt;") || !strings.Contains(s, "解放路") {
		t.Error(s[:200])
	}
	_, body = admin.raw("GET", "/api/entrances/codes.zip", nil)
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil || len(z.File) != 2 {
		t.Errorf("the zip: %v", err)
	}
	if status := admin.do("GET", "/api/entrances/"+code.ID+"/code.png?cm=50&dpi=1200", nil, nil); status != 422 {
		t.Errorf("a picture too large: %d", status)
	}
}

func TestCostsFromATable(t *testing.T) {
	h := newHouse(t)
	admin := h.as("admin")
	code := admin.code(props{"kind": "media", "name": "抖音 A"})
	table := "入口码,开始,结束,金额（元）,用途\n抖音 A,2026-03-01,2026-03-10,\"1,200.50\",信息流\n" + code.State + ",2026/3/2,,¥30,达人\n没有的,2026-03-01,,1,x\n抖音 A,2026-03-01,2026-02-01,1,x\n抖音 A,2026-03-01,,1.005,x\n"
	for i, want := range [][2]int{{2, 0}, {0, 2}} { // a file that is read again adds nothing
		var out api.CostsRead
		if status := admin.do("POST", "/api/entrance-costs/file", table, &out); status != 200 {
			t.Fatalf("%d", status)
		}
		if out.Added != want[0] || out.Same != want[1] || len(out.Refused) != 3 {
			t.Errorf("%d: %+v", i, out)
		}
	}
	var list api.Listing[api.Cost]
	admin.do("GET", "/api/entrance-costs", nil, &list)
	if list.Total != 2 {
		t.Fatalf("%+v", list)
	}
	x := list.Items[0]
	said := props{"from": x.From, "to": x.To, "fen": x.Fen, "what": x.What, "voided": true}
	if status := admin.do("PUT", "/api/entrance-costs/"+x.ID, said, &x, "If-Match", "1"); status != 200 || !x.Voided {
		t.Errorf("taken back: %d", status)
	}
	if status := admin.do("PUT", "/api/entrance-costs/"+x.ID, said, nil, "If-Match", "1"); status != 412 {
		t.Errorf("an older version: %d", status)
	}
}

func TestAnInvitation(t *testing.T) {
	h := newHouse(t)
	admin := h.as("admin")
	code := admin.code(props{"kind": "media", "name": "抖音 A"})
	ann, _ := h.arrives(code.State, "张桂芳", "13800000001")
	var mine api.MyInvitation
	ann.do("GET", "/api/me/invitation", nil, &mine)
	if mine.URL != "" {
		t.Error("an invitation nobody made")
	}
	ann.do("POST", "/api/me/invitation", nil, &mine)
	state := mine.URL[strings.LastIndex(mine.URL, "/")+1:]
	var page api.JoinPage
	h.browser().do("GET", "/api/join/"+state, nil, &page)
	if page.Kind != "invite" || page.Inviter != "张*芳" {
		t.Errorf("%+v", page)
	}
	ben, _ := h.arrives(state, "李建国", "13800000002")
	ann.do("GET", "/api/me/invitation", nil, &mine)
	if mine.Brought != 1 || mine.Points != mine.Each || mine.Each == 0 {
		t.Errorf("%+v", mine)
	}
	var again api.CameAgain
	ann.do("POST", "/api/me/arrivals", props{"state": state}, &again)
	if again.Outcome != "self" {
		t.Errorf("one's own: %+v", again)
	}
	ben.do("POST", "/api/me/arrivals", props{"state": code.State}, &again)
	var inviters api.Inviters
	admin.do("GET", "/api/inviters", nil, &inviters)
	if inviters.Total != 1 || inviters.Brought != 1 || inviters.Deepest != 1 || inviters.Items[0].Points != mine.Each || inviters.Opened != 1 {
		t.Errorf("%+v", inviters)
	}
}
