package email

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
	"peiban/internal/channel/channeltest"
)

// post is a mail server that breaks at a line of its talk.
type post struct {
	mu      sync.Mutex
	letters []string
	steps   int
	faults  map[int]channeltest.Fault
	say     map[string]string // answers to a command, instead of its own
}

var letter = channel.Outgoing{
	Key: "01jtest0000000000000000001", To: "01JPERSON", Title: "测血糖\r\nBcc: x@example.com", Body: "今天饭后两小时量一次。", Class: "programme",
	At: address.Address{Kind: address.Email, Value: "fang@example.com"},
}

func (p *post) serve(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	// step tells whether the server goes on, and whether it answers.
	step := func() (fault channeltest.Fault) {
		p.mu.Lock()
		defer p.mu.Unlock()
		fault = p.faults[p.steps]
		p.steps++
		return fault
	}
	answer := func(fault channeltest.Fault, s string) bool {
		switch fault {
		case channeltest.Down, channeltest.Broken, channeltest.Lost:
			return false
		case channeltest.Silent, channeltest.Mute:
			_ = c.SetReadDeadline(time.Now().Add(2 * time.Second))
			_, _ = r.ReadByte() // until the other side gives up
			return false
		case channeltest.Slow:
			time.Sleep(20 * time.Millisecond)
		}
		_, err := c.Write([]byte(s + "\r\n"))
		return err == nil
	}
	if !answer(step(), "220 test ESMTP") {
		return
	}
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		cmd := strings.ToUpper(strings.TrimSpace(line))
		verb := strings.SplitN(strings.SplitN(cmd, " ", 2)[0], ":", 2)[0]
		if verb == "QUIT" {
			_, _ = c.Write([]byte("221 bye\r\n"))
			return
		}
		fault := step()
		if said := p.say[verb]; said != "" {
			if !answer(fault, said) {
				return
			}
			continue
		}
		switch verb {
		case "EHLO":
			if !answer(fault, "250-test\r\n250 8BITMIME") {
				return
			}
		case "DATA":
			if !answer(fault, "354 go on") {
				return
			}
			var b strings.Builder
			for {
				l, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if l == ".\r\n" {
					break
				}
				b.WriteString(l)
			}
			fault := step()
			if said := p.say["."]; said != "" {
				if !answer(fault, said) {
					return
				}
				continue
			}
			if fault != channeltest.Down && fault != channeltest.Silent && fault != channeltest.Broken {
				p.mu.Lock()
				p.letters = append(p.letters, b.String())
				p.mu.Unlock()
			}
			if !answer(fault, "250 taken") {
				return
			}
		default:
			if !answer(fault, "250 ok") {
				return
			}
		}
	}
}

func start(t *testing.T) (*post, *Sender) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	p := &post{faults: map[int]channeltest.Fault{}, say: map[string]string{}}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	at := l.Addr().(*net.TCPAddr)
	return p, &Sender{Host: "127.0.0.1", Port: at.Port, From: "care@example.com", Name: "陪伴健康", Plain: true, Timeout: 250 * time.Millisecond}
}

func (p *post) came(key string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.letters {
		if strings.Contains(l, key+"@") {
			n++
		}
	}
	return n
}

func TestContract(t *testing.T) {
	channeltest.Test(t, func(t *testing.T) *channeltest.Far {
		p, s := start(t)
		return &channeltest.Far{
			Sender: s, Message: letter, Private: []string{"care@example.com"}, Reached: p.came,
			Calls: func() int { p.mu.Lock(); defer p.mu.Unlock(); return p.steps },
			Break: func(step int, f channeltest.Fault) { p.mu.Lock(); defer p.mu.Unlock(); p.faults[p.steps+step] = f },
		}
	})
}

func TestTheLetter(t *testing.T) {
	p, s := start(t)
	if _, err := s.Send(t.Context(), letter); err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(p.letters[0], "\r\n\r\n")
	for _, want := range []string{"List-Unsubscribe: <mailto:care@example.com?subject=TD>", "To: <fang@example.com>", "Message-ID: <" + letter.Key + "@example.com>"} {
		if !strings.Contains(head, want) {
			t.Errorf("%q is not in\n%s", want, head)
		}
	}
	if strings.Contains(head, "\r\nBcc") {
		t.Error("a title became a line of the head")
	}
}

func TestWhatTheServerSays(t *testing.T) {
	for _, tt := range []struct {
		verb, say, refused string
		delayed            bool
	}{
		{"RCPT", "550 no such mailbox fang@example.com", channel.BadAddress, false},
		{"RCPT", "450 come again", "", true},
		{"MAIL", "553 not you", "", true},
		{".", "554 spam", channel.Rejected, false},
		{".", "451 later", "", true},
	} {
		p, s := start(t)
		p.say[tt.verb] = tt.say
		_, err := s.Send(t.Context(), letter)
		refusal, _ := errors.AsType[*channel.Refusal](err)
		_, delayed := errors.AsType[*channel.Delay](err)
		if err == nil || (refusal != nil) != (tt.refused != "") || refusal != nil && refusal.Code != tt.refused || delayed != tt.delayed || strings.Contains(err.Error(), "fang") {
			t.Errorf("%s %s: %v", tt.verb, tt.say, err)
		}
	}
}

func TestNoTLSNoLetter(t *testing.T) {
	p, s := start(t)
	s.Plain = false
	ctx, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	if _, err := s.Send(ctx, letter); err == nil || p.came(letter.Key) != 0 {
		t.Error(err)
	}
}
