// Package aliyun sends SMS by Aliyun's interface Dysmsapi 2017-05-25: approved templates, filled, to one number; how it went is told by a
// receipt, or asked for.
package aliyun

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"errors"

	"peiban/internal/address"
	"peiban/internal/channel"
)

// Official is where Aliyun is.
const Official = "https://dysmsapi.aliyuncs.com"

// Sender sends for one account under one signature.
type Sender struct {
	Base      string // empty: Official
	Key       string // AccessKey ID
	Secret    string // AccessKey Secret
	Sign      string // 签名 that stands before each text
	Templates channel.Templates
	HTTP      *http.Client
	Now       func() time.Time
}

// zone is that of the days in the interface.
var zone = time.FixedZone("CST", 8*3600)

// Way is to the number that was told last.
func (s *Sender) Way(to []address.Address, _ time.Time) channel.Way {
	w := channel.Way{No: channel.NoAddress}
	for _, a := range to {
		switch {
		case a.Kind != address.Phone || !a.Leads():
		case !mobile(a.Value) && w.No == channel.NoAddress:
			w.No = channel.BadAddress
		case mobile(a.Value) && (w.No != "" || a.Since > w.At.Since):
			w = channel.Way{At: a}
		}
	}
	return w
}

// mobile reports whether a number is one of a mobile telephone on the mainland.
func mobile(s string) bool { n := number(s); return len(n) == 11 && n[0] == '1' }

// number is a telephone number without blanks, strokes and the code of the country.
func number(s string) string {
	n := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
	if len(n) > 11 {
		for _, code := range []string{"0086", "86"} {
			if rest, ok := strings.CutPrefix(n, code); ok && len(rest) == 11 {
				return rest
			}
		}
	}
	return n
}

// seen is how long a message that was taken may take to be found among the sent ones.
const seen = 2 * time.Minute

// Send sends m. One that was tried before is looked for among what was sent to the number since.
func (s *Sender) Send(ctx context.Context, m channel.Outgoing) (channel.Answer, error) {
	t, ok := s.Templates.Of(m.Content)
	if !ok {
		return channel.Answer{}, channel.Refuse(channel.Settings)
	}
	if m.Again {
		d, err := s.find(ctx, m.Key, "", m.At.Value, m.Since)
		switch {
		case err != nil:
			return channel.Answer{}, err // still nobody knows
		case d != nil:
			return channel.Answer{Later: true}, nil
		}
		if left := seen - s.Now().Sub(m.Since); left > 0 {
			return channel.Answer{}, &channel.Delay{After: left}
		}
	}
	values, err := json.Marshal(t.Filled(&m))
	if err != nil {
		return channel.Answer{}, fmt.Errorf("encode the values of a template: %w", err)
	}
	params := map[string]string{"PhoneNumbers": number(m.At.Value), "SignName": s.Sign, "TemplateCode": t.ID, "OutId": m.Key}
	if len(t.Values) > 0 {
		params["TemplateParam"] = string(values)
	}
	var got struct {
		BizID string `json:"BizId"`
	}
	if err := s.call(ctx, "SendSms", params, &got); err != nil {
		return channel.Answer{}, err
	}
	return channel.Answer{Ref: got.BizID, Later: true}, nil
}

// detail is one message that was sent.
type detail struct {
	Out      string `json:"OutId"`
	Status   int    `json:"SendStatus"` // 1 waits for its receipt, 2 failed, 3 delivered
	Code     string `json:"ErrCode"`
	Received string `json:"ReceiveDate"`
}

const pageSize = 50

// find looks for a message among what was sent to a number on the days since; nil: it is not there.
func (s *Sender) find(ctx context.Context, key, biz, phone string, since time.Time) (*detail, error) {
	for day := since.In(zone); !day.After(s.Now().In(zone).Add(24 * time.Hour)); day = day.AddDate(0, 0, 1) {
		for page := 1; ; page++ {
			params := map[string]string{
				"PhoneNumber": number(phone), "SendDate": day.Format("20060102"), "PageSize": strconv.Itoa(pageSize), "CurrentPage": strconv.Itoa(page),
			}
			if biz != "" {
				params["BizId"] = biz
			}
			var got struct {
				All struct {
					List []detail `json:"SmsSendDetailDTO"`
				} `json:"SmsSendDetailDTOs"`
			}
			if err := s.call(ctx, "QuerySendDetails", params, &got); err != nil {
				return nil, err
			}
			for _, d := range got.All.List {
				if d.Out == key {
					return &d, nil
				}
			}
			if len(got.All.List) < pageSize {
				break
			}
		}
		if s.Now().In(zone).Format(time.DateOnly) == day.Format(time.DateOnly) {
			break
		}
	}
	return nil, nil
}

// Track asks for the receipt of a message.
func (s *Sender) Track(ctx context.Context, h channel.Handed) (channel.Report, error) {
	d, err := s.find(ctx, h.Key, h.Ref, h.At.Value, h.Since)
	if err != nil || d == nil {
		return channel.Report{}, err // it may not be listed yet
	}
	switch d.Status {
	case 3:
		r := channel.Report{State: channel.Reached}
		r.At, _ = time.ParseInLocation(time.DateTime, d.Received, zone)
		return r, nil
	case 2:
		return failed(d.Code), nil
	}
	return channel.Report{}, nil
}

// receipts of operators that say why nothing came (help.aliyun.com/document_detail/101346.html).
var receipts = map[string]string{
	"MOBILE_NOT_ON_SERVICE": channel.BadAddress, "UNDELIV": channel.Undelivered, "MOBILE_IN_BLACK": channel.Unsubscribed, "CONTENT_KEYWORD": channel.Rejected,
	"CONTENT_ERROR": channel.Rejected, "MOBILE_SEND_LIMIT": channel.ReceiverFull, "INVALID_NUMBER": channel.BadAddress, "USER_REJECT": channel.UserRefused,
}

func failed(code string) channel.Report {
	why, ok := receipts[code]
	if !ok {
		why = channel.Undelivered
	}
	return channel.Report{State: channel.Failed, Code: why}
}

const most = 1 << 20 // bytes of an answer

// call makes one signed call.
func (s *Sender) call(ctx context.Context, action string, params map[string]string, out any) error {
	all := map[string]string{
		"AccessKeyId": s.Key, "Action": action, "Format": "JSON", "RegionId": "cn-hangzhou", "SignatureMethod": "HMAC-SHA1", "SignatureNonce": rand.Text(),
		"SignatureVersion": "1.0", "Timestamp": s.Now().UTC().Format("2006-01-02T15:04:05Z"), "Version": "2017-05-25",
	}
	form := url.Values{}
	for k, v := range params {
		all[k] = v
	}
	for k, v := range all {
		form.Set(k, v)
	}
	form.Set("Signature", sign(http.MethodPost, all, s.Secret))
	base := s.Base
	if base == "" {
		base = Official
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(base, "/")+"/", strings.NewReader(form.Encode()))
	if err != nil {
		return &channel.Delay{Code: channel.Settings, Cause: errAddress}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := s.HTTP.Do(req)
	if err != nil {
		if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
			return &channel.Delay{Cause: fmt.Errorf("%s: no connection", action)}
		}
		return fmt.Errorf("%s: no answer came", action) // the cause quotes nothing of use
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, most))
	var said struct{ Code, Message string }
	if err != nil || json.Unmarshal(b, &said) != nil || said.Code == "" {
		return fmt.Errorf("%s: status %d without an answer", action, res.StatusCode)
	}
	if said.Code != "OK" {
		return refusal(action, said.Code, said.Message)
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fmt.Errorf("%s: the answer has another form than documented", action)
	}
	return nil
}

var errAddress = errors.New("the address is none")

// refusal is what a code of the interface means (help.aliyun.com/document_detail/101346.html). Its message may quote what was sent.
func refusal(action, code, message string) error {
	cause := fmt.Errorf("%s: %s", action, code)
	switch code {
	case "isv.BUSINESS_LIMIT_CONTROL": // of one number: so many a minute, an hour, a day
		after := time.Minute
		switch {
		case strings.Contains(message, "天级"):
			after = 6 * time.Hour
		case strings.Contains(message, "小时级"):
			after = time.Hour
		}
		return &channel.Delay{After: after, Cause: cause}
	case "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL":
		return &channel.Delay{After: time.Hour, Cause: cause}
	case "Throttling", "Throttling.User", "Throttling.Api":
		return &channel.Delay{After: time.Minute, Cause: cause}
	case "isv.MOBILE_NUMBER_ILLEGAL", "isv.DOMESTIC_NUMBER_NOT_SUPPORTED", "isv.MOBILE_COUNT_OVER_LIMIT":
		return channel.Refuse(channel.BadAddress)
	case "isv.PARAM_LENGTH_LIMIT", "isv.PARAM_NOT_SUPPORT_URL", "isv.BLACK_KEY_CONTROL_LIMIT", "isv.INVALID_JSON_PARAM", "isv.TEMPLATE_PARAMS_ILLEGAL":
		return channel.Refuse(channel.Rejected)
	case "isp.SYSTEM_ERROR", "InternalError", "ServiceUnavailable", "SignatureNonceUsed":
		return cause // what came of it is not said
	}
	return &channel.Delay{Code: channel.Settings, Cause: cause} // the account, its money, the signature, the template
}

// Receipt is one of those that Aliyun posts (SmsReport).
type Receipt struct {
	Out     string `json:"out_id"`
	Success bool   `json:"success"`
	Code    string `json:"err_code"`
	At      string `json:"report_time"`
}

// ReadReceipts reads what Aliyun posts: a list. What it says of numbers and texts is not kept.
func ReadReceipts(body io.Reader) (keys []string, reports []channel.Report, err error) {
	var all []Receipt
	if err := json.NewDecoder(io.LimitReader(body, most)).Decode(&all); err != nil {
		return nil, nil, errors.New("the receipts are not a list")
	}
	for _, r := range all {
		report := failed(r.Code)
		if r.Success {
			report = channel.Report{State: channel.Reached}
			report.At, _ = time.ParseInLocation(time.DateTime, r.At, zone)
		}
		keys, reports = append(keys, r.Out), append(reports, report)
	}
	return keys, reports, nil
}
