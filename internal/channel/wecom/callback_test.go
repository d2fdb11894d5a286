package wecom_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"peiban/internal/channel/wecom"
)

const added = `<xml><ToUserName><![CDATA[wwcorp]]></ToUserName><FromUserName><![CDATA[sys]]></FromUserName><CreateTime>1403610513</CreateTime>
<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[change_external_contact]]></Event><ChangeType><![CDATA[add_external_contact]]></ChangeType>
<UserID><![CDATA[zhou]]></UserID><ExternalUserID><![CDATA[wm1]]></ExternalUserID><State><![CDATA[s1]]></State><WelcomeCode><![CDATA[W]]></WelcomeCode><New>1</New></xml>`

func TestAnEvent(t *testing.T) {
	want := wecom.Event{
		To: "wwcorp", From: "sys", Created: 1403610513, Type: "event", Event: "change_external_contact", Change: "add_external_contact",
		User: "zhou", Customer: "wm1", State: "s1", Welcome: "W",
	}
	asJSON := `{"ToUserName":"wwcorp","FromUserName":"sys","CreateTime":1403610513,"MsgType":"event","Event":"change_external_contact",
		"ChangeType":"add_external_contact","UserID":"zhou","ExternalUserID":"wm1","State":"s1","WelcomeCode":"W","New":{"a":[1]}}`
	for name, text := range map[string]string{"XML": added, "JSON": asJSON, "JSON with a quoted number": strings.Replace(asJSON, "1403610513", `"1403610513"`, 1)} {
		got, err := wecom.ReadEvent([]byte(text))
		if err != nil || !reflect.DeepEqual(got, want) || got.Kind() != wecom.CustomerAdded {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestAGroupsPeople(t *testing.T) {
	e, err := wecom.ReadEvent([]byte(`<xml><ToUserName>wwcorp</ToUserName><FromUserName>sys</FromUserName><CreateTime>5</CreateTime><MsgType>event</MsgType><Event>change_external_chat</Event>
		<ChatId>wr1</ChatId><ChangeType>update</ChangeType><UpdateDetail>add_member</UpdateDetail><JoinScene>3</JoinScene><MemChangeCnt>2</MemChangeCnt>
		<MemChangeList><Item>wm1</Item><Item>wm2</Item></MemChangeList></xml>`))
	if err != nil || e.Kind() != wecom.GroupChanged || e.Count != 2 || e.Scene != 3 || !reflect.DeepEqual(e.People, []string{"wm1", "wm2"}) {
		t.Errorf("%+v, %v", e, err)
	}
}

func TestTheSameEventIsKnownAgain(t *testing.T) {
	read := func(text string) wecom.Event {
		e, err := wecom.ReadEvent([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	first := read(added)
	seen := map[string]string{first.Unique(): "the first"}
	again := read(strings.ReplaceAll(added, "\n", " "))
	if again.Unique() != first.Unique() {
		t.Error("the same event is taken for another")
	}
	for name, change := range map[string][2]string{
		"another customer": {"wm1", "wm2"}, "another member": {"zhou", "liu"}, "a second later": {"1403610513", "1403610514"},
		"another change": {"add_external_contact", "del_follow_user"}, "another company": {"wwcorp", "wwother"},
	} {
		e := read(strings.ReplaceAll(added, change[0], change[1]))
		if other, ok := seen[e.Unique()]; ok {
			t.Errorf("%s is taken for %s", name, other)
		}
		seen[e.Unique()] = name
	}
}

func TestBadCallbacks(t *testing.T) {
	bomb := `<!DOCTYPE x [<!ENTITY a "` + strings.Repeat("a", 1000) + `"><!ENTITY b "` + strings.Repeat("&a;", 1000) + `">]><xml><Encrypt>&b;</Encrypt></xml>`
	for name, tt := range map[string]struct {
		body string
		want error
	}{
		"nothing":               {"", wecom.ErrForm},
		"a page":                {"<html></html>", wecom.ErrForm},
		"half an XML":           {"<xml><Encrypt>abc", wecom.ErrForm},
		"nothing sealed":        {"<xml><ToUserName>x</ToUserName></xml>", wecom.ErrForm},
		"JSON without a seal":   {`{"tousername":"x"}`, wecom.ErrForm},
		"JSON of another form":  {`{"encrypt":{"a":1}}`, wecom.ErrForm},
		"two megabytes":         {"<xml><Encrypt>" + strings.Repeat("a", 2<<20) + "</Encrypt></xml>", wecom.ErrTooLarge},
		"a bomb of entities":    {bomb, wecom.ErrForm},
		"an entity of its own":  {"<xml><Encrypt>&file;</Encrypt></xml>", wecom.ErrForm},
		"another character set": {"<?xml version=\"1.0\" encoding=\"GB2312\"?><xml><Encrypt>a</Encrypt></xml>", wecom.ErrForm},
	} {
		if got, err := wecom.ReadEnvelope(strings.NewReader(tt.body)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for name, body := range map[string]string{
		"nothing": "", "no type": "<xml><ToUserName>x</ToUserName><CreateTime>1</CreateTime></xml>", "no time": strings.Replace(added, "1403610513", "soon", 1),
		"a bomb": "<!DOCTYPE x>" + added, "JSON list": "[1]", "no company": strings.Replace(added, "wwcorp", "", 1),
	} {
		if got, err := wecom.ReadEvent([]byte(body)); !errors.Is(err, wecom.ErrEvent) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func FuzzCallback(f *testing.F) {
	f.Add([]byte(added))
	f.Add([]byte(`{"encrypt":"a","agentid":1}`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		_, _ = wecom.ReadEnvelope(strings.NewReader(string(b)))
		if e, err := wecom.ReadEvent(b); err == nil {
			_ = e.Unique() + e.Kind()
		}
	})
}

func TestReply(t *testing.T) {
	for asJSON, want := range map[bool]string{
		false: "<xml><Encrypt>s</Encrypt><MsgSignature>g</MsgSignature><TimeStamp>1</TimeStamp><Nonce>n</Nonce></xml>",
		true:  `{"encrypt":"s","msgsignature":"g","nonce":"n","timestamp":"1"}`,
	} {
		if got, err := wecom.Reply(asJSON, "s", "g", "1", "n"); err != nil || string(got) != want {
			t.Errorf("%s, %v", got, err)
		}
	}
}
