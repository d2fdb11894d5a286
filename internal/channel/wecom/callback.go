package wecom

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"
)

// MostCallback is how large a callback may be. WeCom's are under a kilobyte.
const MostCallback = 256 << 10

// What is wrong with a callback. None of them quotes what came.
var (
	ErrTooLarge = errors.New("a callback is at most 256 KB")
	ErrForm     = errors.New("a callback is an XML or JSON text with the member Encrypt")
	ErrEvent    = errors.New("what was sealed is no message or event")
)

// Envelope is a callback as it arrives: what is sealed, and the kind of answer it wants.
type Envelope struct {
	To     string
	Agent  string
	Sealed string
	JSON   bool
}

// ReadEnvelope takes the body of a callback apart, at most MostCallback bytes of it.
func ReadEnvelope(body io.Reader) (Envelope, error) {
	b, err := io.ReadAll(io.LimitReader(body, MostCallback+1))
	switch {
	case err != nil:
		return Envelope{}, ErrForm
	case len(b) > MostCallback:
		return Envelope{}, ErrTooLarge
	}
	if b = bytes.TrimSpace(b); bytes.HasPrefix(b, []byte("{")) {
		var v struct {
			To    string      `json:"tousername"`
			Agent json.Number `json:"agentid"`
			Seal  string      `json:"encrypt"`
		}
		if err := json.Unmarshal(b, &v); err != nil || v.Seal == "" {
			return Envelope{}, ErrForm
		}
		return Envelope{v.To, v.Agent.String(), v.Seal, true}, nil
	}
	var v struct {
		To    string `xml:"ToUserName"`
		Agent string `xml:"AgentID"`
		Seal  string `xml:"Encrypt"`
	}
	if err := readXML(b, &v); err != nil || v.Seal == "" {
		return Envelope{}, ErrForm
	}
	return Envelope{v.To, v.Agent, strings.TrimSpace(v.Seal), false}, nil
}

// readXML reads a text without a document type: what would declare entities is refused, and Go's reader expands none.
func readXML(b []byte, out any) error {
	if bytes.Contains(b, []byte("<!DOCTYPE")) || bytes.Contains(b, []byte("<!ENTITY")) {
		return ErrForm
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Strict = true
	return d.Decode(out)
}

// Event is what was sealed: an event, or a message to the app. Members nobody knows are left out.
type Event struct {
	To      string // the company
	From    string // sys for customers' events, else a colleague
	Created int64  // Unix seconds
	Type    string // event, or the type of a message
	Event   string
	Change  string
	Agent   string
	ID      string // of a message

	User     string
	Customer string
	State    string
	Welcome  string // good for 20 s after the event
	Source   string // of a deletion: DELETE_BY_TRANSFER
	Why      string // of a hand-over that did not work

	Group  string
	Detail string // what of a group changed
	Scene  int
	Quit   int
	Count  int
	People []string // who came or went

	TagID   string
	TagType string // tag, tag_group

	Token   string // of customer service
	Account string

	Key      string // of a button or a menu
	Task     string
	Response string

	Content string // of a message to the app
	Media   string
}

// wire is an event with the names it has on the line, in XML and in JSON.
type wire struct {
	To       string `xml:"ToUserName" json:"ToUserName"`
	From     string `xml:"FromUserName" json:"FromUserName"`
	Created  number `xml:"CreateTime" json:"CreateTime"`
	Type     string `xml:"MsgType" json:"MsgType"`
	Event    string `xml:"Event" json:"Event"`
	Change   string `xml:"ChangeType" json:"ChangeType"`
	Agent    number `xml:"AgentID" json:"AgentID"`
	ID       number `xml:"MsgId" json:"MsgId"`
	User     string `xml:"UserID" json:"UserID"`
	Customer string `xml:"ExternalUserID" json:"ExternalUserID"`
	State    string `xml:"State" json:"State"`
	Welcome  string `xml:"WelcomeCode" json:"WelcomeCode"`
	Source   string `xml:"Source" json:"Source"`
	Why      string `xml:"FailReason" json:"FailReason"`
	Group    string `xml:"ChatId" json:"ChatId"`
	Detail   string `xml:"UpdateDetail" json:"UpdateDetail"`
	Scene    number `xml:"JoinScene" json:"JoinScene"`
	Quit     number `xml:"QuitScene" json:"QuitScene"`
	Count    number `xml:"MemChangeCnt" json:"MemChangeCnt"`
	People   struct {
		Items []string `xml:"Item" json:"Item"`
	} `xml:"MemChangeList" json:"MemChangeList"`
	TagID    string `xml:"Id" json:"Id"`
	TagType  string `xml:"TagType" json:"TagType"`
	Token    string `xml:"Token" json:"Token"`
	Account  string `xml:"OpenKfId" json:"OpenKfId"`
	Key      string `xml:"EventKey" json:"EventKey"`
	Task     string `xml:"TaskId" json:"TaskId"`
	Response string `xml:"ResponseCode" json:"ResponseCode"`
	Content  string `xml:"Content" json:"Content"`
	Media    string `xml:"MediaId" json:"MediaId"`
}

// number is a number that some senders quote.
type number string

func (n *number) UnmarshalJSON(b []byte) error {
	*n = number(strings.Trim(string(b), `"`))
	return nil
}

func (n number) int() int {
	v, err := strconv.Atoi(strings.TrimSpace(string(n)))
	if err != nil {
		return 0
	}
	return v
}

// ReadEvent reads what was sealed, XML or JSON.
func ReadEvent(b []byte) (Event, error) {
	var w wire
	var err error
	if b = bytes.TrimSpace(b); bytes.HasPrefix(b, []byte("{")) {
		err = json.Unmarshal(b, &w)
	} else {
		err = readXML(b, &w)
	}
	created, bad := strconv.ParseInt(strings.TrimSpace(string(w.Created)), 10, 64)
	if err != nil || bad != nil || w.Type == "" || w.To == "" {
		return Event{}, ErrEvent
	}
	return Event{
		To: w.To, From: w.From, Created: created, Type: w.Type, Event: w.Event, Change: w.Change, Agent: string(w.Agent), ID: string(w.ID),
		User: w.User, Customer: w.Customer, State: w.State, Welcome: w.Welcome, Source: w.Source, Why: w.Why,
		Group: w.Group, Detail: w.Detail, Scene: w.Scene.int(), Quit: w.Quit.int(), Count: w.Count.int(), People: w.People.Items,
		TagID: w.TagID, TagType: w.TagType, Token: w.Token, Account: w.Account, Key: w.Key, Task: w.Task, Response: w.Response,
		Content: w.Content, Media: w.Media,
	}, nil
}

// Unique is the same for the same event however often it comes, and another for every other. A message has its own number; of
// an event the far side promises nothing, so it is all that tells it from others.
func (e *Event) Unique() string {
	if e.ID != "" {
		return strings.Join([]string{e.To, e.From, e.ID}, "\x00")
	}
	return strings.Join([]string{
		e.To, e.Type, e.Event, e.Change, e.From, e.User, e.Customer, strconv.FormatInt(e.Created, 10),
		e.Group, e.Detail, strings.Join(e.People, "\x01"), e.TagType, e.TagID, e.Account, e.Token, e.Task, e.Key,
	}, "\x00")
}

// What happens, as peiban tells it apart.
const (
	CustomerAdded   = "change_external_contact/add_external_contact"
	CustomerHalf    = "change_external_contact/add_half_external_contact"
	CustomerEdited  = "change_external_contact/edit_external_contact"
	CustomerDropped = "change_external_contact/del_external_contact" // the member deleted the customer
	CustomerLeft    = "change_external_contact/del_follow_user"      // the customer deleted the member
	TransferFailed  = "change_external_contact/transfer_fail"
	ArchiveAgreed   = "change_external_contact/msg_audit_approved"
	GroupMade       = "change_external_chat/create"
	GroupChanged    = "change_external_chat/update"
	GroupEnded      = "change_external_chat/dismiss"
	TagsChanged     = "change_external_tag" // with any change
	KfNews          = "kf_msg_or_event"
	ArchiveNews     = "msgaudit_notify"
	ButtonPressed   = "template_card_event"
)

// Kind is which of the kinds above an event is, or what it calls itself.
func (e *Event) Kind() string {
	switch {
	case e.Type != "event":
		return "message"
	case e.Event == TagsChanged || e.Change == "":
		return e.Event
	}
	return e.Event + "/" + e.Change
}

// Reply is an answer that says something, sealed before.
func Reply(asJSON bool, sealed, signature, timestamp, nonce string) ([]byte, error) {
	if asJSON {
		return json.Marshal(map[string]string{"encrypt": sealed, "msgsignature": signature, "timestamp": timestamp, "nonce": nonce})
	}
	return xml.Marshal(struct {
		XMLName   xml.Name `xml:"xml"`
		Encrypt   string   `xml:"Encrypt"`
		Signature string   `xml:"MsgSignature"`
		Timestamp string   `xml:"TimeStamp"`
		Nonce     string   `xml:"Nonce"`
	}{Encrypt: sealed, Signature: signature, Timestamp: timestamp, Nonce: nonce})
}
