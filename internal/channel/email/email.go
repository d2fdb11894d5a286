// Package email sends a message by mail: over TLS, with a way to opt out in its head.
package email

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	mail "github.com/wneessen/go-mail"

	"peiban/internal/address"
	"peiban/internal/channel"
)

// Sender hands mail to one server.
type Sender struct {
	Host           string
	Port           int
	User, Password string // empty: the server asks for none
	From           string
	Name           string // of the sender
	Unsubscribe    string // an address of mail, or of a page; empty: the sender
	Dial           func(ctx context.Context, network, addr string) (net.Conn, error)
	Plain          bool // no TLS, for a server of a test on this machine
	Timeout        time.Duration
}

// Way is to the address that was told last.
func (s *Sender) Way(to []address.Address, _ time.Time) channel.Way {
	w := channel.Way{No: channel.NoAddress}
	for _, a := range to {
		if a.Kind == address.Email && a.Leads() && (w.No != "" || a.Since > w.At.Since) {
			w = channel.Way{At: a}
		}
	}
	return w
}

// Send sends m. Nobody knows a mail again by its id for sure, so one that may have gone is not sent a second time.
func (s *Sender) Send(ctx context.Context, m channel.Outgoing) (channel.Answer, error) {
	if m.Again {
		return channel.Answer{}, channel.Refuse(channel.Unclear)
	}
	letter, err := s.letter(&m)
	if err != nil {
		return channel.Answer{}, err
	}
	c, err := s.client()
	if err != nil {
		return channel.Answer{}, &channel.Delay{Code: channel.Settings}
	}
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return channel.Answer{}, refused(err)
	}
	err = c.SendWithSMTPClient(conn, letter)
	_ = c.CloseWithSMTPClient(conn) // the letter is taken or not by now
	return channel.Answer{}, outcome(err)
}

func (s *Sender) client() (*mail.Client, error) {
	timeout := s.Timeout
	if timeout == 0 {
		timeout = 20 * time.Second
	}
	o := []mail.Option{mail.WithPort(s.Port), mail.WithTimeout(timeout), mail.WithTLSPolicy(mail.TLSMandatory), mail.WithoutNoop()}
	switch {
	case s.Plain:
		o = append(o, mail.WithTLSPolicy(mail.NoTLS))
	case s.Port == 465:
		o = append(o, mail.WithSSL())
	}
	if s.User != "" {
		o = append(o, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.User), mail.WithPassword(s.Password))
	}
	if s.Dial != nil {
		o = append(o, mail.WithDialContextFunc(s.Dial))
	}
	return mail.NewClient(s.Host, o...)
}

// Try signs in to the server and sends nothing.
func (s *Sender) Try(ctx context.Context) error {
	c, err := s.client()
	if err != nil {
		return &channel.Delay{Code: channel.Settings}
	}
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return refused(err)
	}
	_ = c.CloseWithSMTPClient(conn)
	return nil
}

// letter is m as mail.
func (s *Sender) letter(m *channel.Outgoing) (*mail.Msg, error) {
	out := mail.NewMsg()
	if !address.IsEmail(m.At.Value) || out.To(m.At.Value) != nil {
		return nil, channel.Refuse(channel.BadAddress)
	}
	if err := out.FromFormat(s.Name, s.From); err != nil {
		return nil, &channel.Delay{Code: channel.Settings}
	}
	subject := strings.Join(strings.Fields(m.Title), " ")
	if subject == "" {
		subject = s.Name
	}
	out.Subject(subject)
	out.SetDate()
	_, domain, _ := strings.Cut(s.From, "@")
	out.SetMessageIDWithValue(m.Key + "@" + domain)
	leave := s.Unsubscribe
	if leave == "" {
		leave = s.From
	}
	if strings.HasPrefix(leave, "http") {
		out.SetGenHeader(mail.HeaderListUnsubscribe, "<"+leave+">")
	} else {
		out.SetGenHeader(mail.HeaderListUnsubscribe, "<mailto:"+leave+"?subject=TD>")
	}
	out.SetBodyString(mail.TypeTextPlain, strings.TrimSpace(m.Body))
	return out, nil
}

// refused is why no letter was handed over. The cause may quote the account.
func refused(err error) error {
	var e interface{ ErrorCode() int }
	if errors.As(err, &e) && e.ErrorCode()/100 == 5 || strings.Contains(strings.ToUpper(err.Error()), "AUTH") {
		return &channel.Delay{Code: channel.Settings, Cause: errors.New("the server does not let us in")}
	}
	return &channel.Delay{Cause: errors.New("no connection")}
}

// outcome is what became of a letter. Only while its end is handed over it is not clear whether the server took it.
func outcome(err error) error {
	if err == nil {
		return nil
	}
	e, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		return errors.New("no answer came")
	}
	code := e.ErrorCode()
	switch {
	case code == 0 && (e.Reason == mail.ErrSMTPDataClose || e.Reason == mail.ErrWriteContent):
		return errors.New("no answer came to a letter")
	case e.Reason == mail.ErrSMTPReset: // it was taken before
		return nil
	case code/100 == 5 && e.Reason == mail.ErrSMTPRcptTo:
		return channel.Refuse(channel.BadAddress)
	case code/100 == 5 && e.Reason == mail.ErrSMTPMailFrom:
		return &channel.Delay{Code: channel.Settings, Cause: fmt.Errorf("the server answered %d", code)}
	case code/100 == 5:
		return channel.Refuse(channel.Rejected)
	case code/100 == 4:
		return &channel.Delay{After: 5 * time.Minute, Cause: fmt.Errorf("the server answered %d", code)} // greylisted
	}
	return &channel.Delay{Cause: errors.New("the connection broke before the letter was handed over")}
}
