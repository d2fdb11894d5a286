package connect

import (
	"context"
	"errors"
	"testing"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel"
)

// asked counts what a way out that a colleague confirms is asked.
type asked struct{ sent, tracked, reminded, withdrawn int }

func (a *asked) Way([]address.Address, time.Time) channel.Way { return channel.Way{} }

func (a *asked) Send(context.Context, channel.Outgoing) (channel.Answer, error) {
	a.sent++
	return channel.Answer{}, nil
}

func (a *asked) Track(context.Context, channel.Handed) (channel.Report, error) {
	a.tracked++
	return channel.Report{State: channel.Reached}, nil
}

func (a *asked) Remind(context.Context, channel.Handed) error   { a.reminded++; return nil }
func (a *asked) Withdraw(context.Context, channel.Handed) error { a.withdrawn++; return nil }

// What was let go before a pause goes on its way: it is asked about and taken back, and nothing new goes.
func TestAPausedWayIsStillAskedAbout(t *testing.T) {
	for name, wrap := range map[string]func(channel.Sender) channel.Sender{
		"alone":            func(s channel.Sender) channel.Sender { return s },
		"beside another":   func(s channel.Sender) channel.Sender { return together([]channel.Sender{s, &asked{}}) },
		"behind the other": func(s channel.Sender) channel.Sender { return together([]channel.Sender{s}) },
	} {
		of := &asked{}
		s, ok := wrap(pause(of, time.Now)).(channel.Confirmed)
		if !ok {
			t.Errorf("%s: a colleague confirms it no more", name)
			continue
		}
		if r, err := s.Track(t.Context(), channel.Handed{}); err != nil || r.State != channel.Reached || of.tracked != 1 {
			t.Errorf("%s: %+v %v, %d", name, r, err, of.tracked)
		}
		if err := s.Withdraw(t.Context(), channel.Handed{}); err != nil || of.withdrawn != 1 {
			t.Errorf("%s: %v, %d", name, err, of.withdrawn)
		}
		if err := s.Remind(t.Context(), channel.Handed{}); err != nil || of.reminded != 0 {
			t.Errorf("%s: %v, %d", name, err, of.reminded)
		}
		if name != "alone" {
			continue
		}
		_, err := pause(of, time.Now).Send(t.Context(), channel.Outgoing{})
		if d, ok := errors.AsType[*channel.Delay](err); !ok || d.After != lookedAt || of.sent != 0 {
			t.Errorf("it sends: %v, %d", err, of.sent)
		}
	}
}
