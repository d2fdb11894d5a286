package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/referral"
)

// referralWays are how far the referrals of the demo have come: each column of the board has somebody.
var referralWays = [][]referral.State{
	nil, {referral.Consented}, {referral.Consented, referral.Accepted}, {referral.Consented, referral.Accepted, referral.Seen},
	{referral.Consented, referral.Accepted, referral.Seen, referral.Feedback}, {referral.Declined},
}

// refer refers some people of the story by hand, as far as each has come: the board is never empty.
func (r *rehearsal) refer(ctx context.Context) error {
	rules, _ := r.c.ReferralRules()
	if len(rules) == 0 {
		return nil
	}
	rule := slices.Sorted(maps.Keys(rules))[0]
	names := slices.Sorted(maps.Keys(r.numbers))
	slices.Reverse(names)
	ways := referralWays
	for _, name := range names {
		if len(ways) == 0 {
			break
		}
		n := r.numbers[name]
		proof := audit.Entry{Actor: "staff:" + r.staff["liu"], Action: "referral.open", Person: n}
		err := r.c.OpenReferral(ctx, n, rule, "", proof)
		if errors.Is(err, conductor.ErrReferAsk) || errors.Is(err, conductor.ErrUnderWay) { // referred already, or not to be
			continue
		}
		if err != nil {
			return fmt.Errorf("refer somebody of the demo: %w", err)
		}
		way := ways[0]
		ways = ways[1:]
		from := referral.Proposed
		for _, to := range way {
			m := conductor.ReferralMove{ID: rule + "/1", From: from, To: to, Next: r.staff["qian"]}
			actor := "staff:" + r.staff["qian"]
			switch to {
			case referral.Consented, referral.Declined:
				m.Self, actor = true, proof.Actor
				if to == referral.Declined {
					m.Reason, m.Next = "person", ""
				}
			case referral.Feedback:
				m.Note = "轻度非增殖期，半年复查"
			}
			if err := r.c.MoveReferral(ctx, n, m, audit.Entry{Actor: actor, Action: "referral.move", Person: n}); err != nil {
				return fmt.Errorf("refer somebody of the demo: %w", err)
			}
			from = to
		}
	}
	r.listen()
	return nil
}
