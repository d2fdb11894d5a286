package aliyun

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/channeltest"
)

// The examples of Aliyun's own documents: "短信服务 API 签名机制" (SendSms) and "RPC 签名机制" (DescribeRegions).
func TestOfficialSignatures(t *testing.T) {
	for _, tt := range []struct {
		secret, want string
		params       map[string]string
	}{
		{"testSecret", "zJDF+Lrzhj/ThnlvIToysFRq6t4=", map[string]string{
			"AccessKeyId": "testId", "Action": "SendSms", "Format": "XML", "OutId": "123", "PhoneNumbers": "15300000001", "RegionId": "cn-hangzhou",
			"SignName": "阿里云短信测试专用", "SignatureMethod": "HMAC-SHA1", "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466", "SignatureVersion": "1.0",
			"TemplateCode": "SMS_71390007", "TemplateParam": `{"customer":"test"}`, "Timestamp": "2017-07-12T02:42:19Z", "Version": "2017-05-25",
		}},
		{"testsecret", "OLeaidS1JvxuMvnyHOwuJ+uX5qY=", map[string]string{
			"Timestamp": "2016-02-23T12:46:24Z", "Format": "XML", "AccessKeyId": "testid", "Action": "DescribeRegions", "SignatureMethod": "HMAC-SHA1",
			"SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf", "Version": "2014-05-26", "SignatureVersion": "1.0",
		}},
	} {
		if got := sign(http.MethodGet, tt.params, tt.secret); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.params["Action"], got, tt.want)
		}
	}
	if encode("a b*c~d+/") != "a%20b%2Ac~d%2B%2F" {
		t.Error(encode("a b*c~d+/"))
	}
}

// far is Aliyun as its documents describe it.
type far struct {
	mu   sync.Mutex
	sent []url.Values
	fail string // Code of the next answers
	says string
	done int // how many of those sent were delivered
}

func (f *far) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	_ = r.ParseForm()
	p := map[string]string{}
	for k := range r.PostForm {
		if k != "Signature" {
			p[k] = r.PostForm.Get(k)
		}
	}
	answer := func(status int, v any) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	switch {
	case r.PostForm.Get("Signature") != sign(http.MethodPost, p, "s3cr3t"):
		answer(400, map[string]string{"Code": "SignatureDoesNotMatch", "Message": "Specified signature is not matched"})
	case f.fail != "":
		answer(400, map[string]string{"Code": f.fail, "Message": f.says})
	case p["Action"] == "SendSms":
		f.sent = append(f.sent, r.PostForm)
		answer(200, map[string]string{"Code": "OK", "BizId": "900619746936498440^0", "RequestId": "F655A8D5", "Message": "OK"})
	default:
		all := []map[string]any{}
		for i, s := range f.sent {
			status := 1
			if i < f.done {
				status = 3
			}
			if s.Get("PhoneNumbers") == p["PhoneNumber"] {
				all = append(all, map[string]any{"OutId": s.Get("OutId"), "SendStatus": status, "ErrCode": "DELIVERED", "ReceiveDate": "2026-06-15 10:00:03"})
			}
		}
		answer(200, map[string]any{"Code": "OK", "TotalCount": len(all), "SmsSendDetailDTOs": map[string]any{"SmsSendDetailDTO": all}})
	}
}

type rig struct {
	*far
	*channeltest.Network
	sender  *Sender
	message channel.Outgoing
}

func newRig(t *testing.T) *rig {
	f := &far{}
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	began := time.Now()
	now := began
	var mu sync.Mutex
	network := &channeltest.Network{}
	return &rig{f, network, &Sender{
		Base: srv.URL, Key: "testId", Secret: "s3cr3t", Sign: "陪伴健康", HTTP: network.Client(),
		Templates: channel.Templates{"*": {ID: "SMS_1", Values: map[string]string{"text": "{body}"}}},
		Now: func() time.Time { // minutes pass between two tries
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(time.Minute)
			return now
		},
	}, channel.Outgoing{
		Key: "01jtest0000000000000000001", To: "01JPERSON", Title: "测血糖", Body: "今天饭后两小时量一次", Since: began,
		At: address.Address{Kind: address.Phone, Value: "+86 139-0000-1234"},
	}}
}

func (r *rig) came(key string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.sent {
		if s.Get("OutId") == key {
			n++
		}
	}
	return n
}

func TestContract(t *testing.T) {
	channeltest.Test(t, func(t *testing.T) *channeltest.Far {
		r := newRig(t)
		return &channeltest.Far{
			Sender: r.sender, Message: r.message, Calls: r.Calls, Break: r.Break, Private: []string{"13900001234", "s3cr3t"}, Reached: r.came, Knows: true,
			Confirm: func() { r.mu.Lock(); r.done = len(r.sent); r.mu.Unlock() },
		}
	})
}

func TestWhatIsSent(t *testing.T) {
	r := newRig(t)
	if _, err := r.sender.Send(t.Context(), r.message); err != nil {
		t.Fatal(err)
	}
	got := r.sent[0]
	for k, want := range map[string]string{"PhoneNumbers": "13900001234", "SignName": "陪伴健康", "TemplateCode": "SMS_1", "TemplateParam": `{"text":"今天饭后两小时量一次"}`, "OutId": r.message.Key} {
		if got.Get(k) != want {
			t.Errorf("%s is %q, want %q", k, got.Get(k), want)
		}
	}
}

func TestWhatAliyunSays(t *testing.T) {
	for _, tt := range []struct {
		code, says, refused string
		after               time.Duration
		settings            bool
	}{
		{"isv.BUSINESS_LIMIT_CONTROL", "触发分钟级流控Permits:1", "", time.Minute, false},
		{"isv.BUSINESS_LIMIT_CONTROL", "触发小时级流控Permits:5", "", time.Hour, false},
		{"isv.BUSINESS_LIMIT_CONTROL", "触发天级流控Permits:10", "", 6 * time.Hour, false},
		{"isv.MOBILE_NUMBER_ILLEGAL", "13900001234 invalid", channel.BadAddress, 0, false},
		{"isv.BLACK_KEY_CONTROL_LIMIT", "今天饭后两小时量一次", channel.Rejected, 0, false},
		{"isv.AMOUNT_NOT_ENOUGH", "", "", 0, true},
		{"isv.SMS_TEMPLATE_ILLEGAL", "", "", 0, true},
	} {
		r := newRig(t)
		r.fail, r.says = tt.code, tt.says
		_, err := r.sender.Send(t.Context(), r.message)
		refusal, _ := errors.AsType[*channel.Refusal](err)
		delay, _ := errors.AsType[*channel.Delay](err)
		switch {
		case err == nil, strings.Contains(err.Error(), "13900001234"), strings.Contains(err.Error(), "饭后"):
			t.Errorf("%s: %v", tt.code, err)
		case tt.refused != "" && (refusal == nil || refusal.Code != tt.refused), tt.refused == "" && (delay == nil || delay.After != tt.after || (delay.Code == channel.Settings) != tt.settings):
			t.Errorf("%s: %v", tt.code, err)
		}
	}
}

func TestReceipts(t *testing.T) {
	keys, reports, err := ReadReceipts(strings.NewReader(`[
		{"phone_number":"13900001234","send_time":"2017-08-30 00:00:00","report_time":"2017-08-30 00:00:03","success":true,"err_code":"DELIVERED","err_msg":"用户接收成功","sms_size":"1","biz_id":"932702304080415357^0","out_id":"k1"},
		{"success":false,"err_code":"MOBILE_IN_BLACK","out_id":"k2"},
		{"success":false,"err_code":"MK:0001","out_id":"k3"}]`))
	if err != nil || len(keys) != 3 || keys[0] != "k1" || reports[0].State != channel.Reached || reports[0].At.Unix() != 1504022403 ||
		reports[1].Code != channel.Unsubscribed || reports[2].Code != channel.Undelivered {
		t.Error(keys, reports, err)
	}
	for _, bad := range []string{"", "{}", "[{]", `[{"out_id":3}]`} {
		if _, _, err := ReadReceipts(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestWhichNumber(t *testing.T) {
	phone := func(v string, since int64) address.Address {
		return address.Address{Kind: address.Phone, Value: v, Since: since}
	}
	s := &Sender{}
	for _, tt := range []struct {
		to   []address.Address
		want string
		no   string
	}{
		{nil, "", channel.NoAddress},
		{[]address.Address{phone("010-12345678", 1)}, "", channel.BadAddress},
		{[]address.Address{phone("13900001111", 1), phone("13900002222", 2), phone("021-5555", 3)}, "13900002222", ""},
	} {
		if w := s.Way(tt.to, time.Now()); w.At.Value != tt.want || w.No != tt.no {
			t.Errorf("%v: %+v", tt.to, w)
		}
	}
}
