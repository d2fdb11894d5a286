package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/intake"
	"peiban/internal/workspace"
)

// MaxRejects is how many open refused events are kept of a source. What it sends beyond them is refused and counted, and not kept: a
// source that sends a million bad events fills no disk.
const MaxRejects = 10_000

// rejectID is the id of a refused event: of its message id where it has one, else of its content. Sent again it is the same.
func rejectID(source int32, messageID string, raw []byte) (id [16]byte) {
	h := sha256.New()
	_ = binary.Write(h, binary.BigEndian, source)
	if messageID != "" {
		h.Write([]byte("id\x00" + messageID))
	} else {
		h.Write(append([]byte("raw\x00"), raw...))
	}
	return [16]byte(h.Sum(nil))
}

// keeper writes refused events down: those of all requests that wait, in one transaction.
type keeper struct {
	store Sources

	mu      sync.Mutex
	waiting []*keeping
	busy    bool
}

type keeping struct {
	w       workspace.Number
	rejects []intake.Reject
	done    chan error
}

// keep writes down what was refused and returns when it is durable.
func (k *keeper) keep(ctx context.Context, w workspace.Number, rejects []intake.Reject) error {
	one := &keeping{w, rejects, make(chan error, 1)}
	k.mu.Lock()
	k.waiting = append(k.waiting, one)
	lead := !k.busy
	k.busy = true
	k.mu.Unlock()
	if lead {
		go k.drain(context.WithoutCancel(ctx))
	}
	select {
	case err := <-one.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (k *keeper) drain(ctx context.Context) {
	for {
		k.mu.Lock()
		group := k.waiting
		k.waiting = nil
		if len(group) == 0 {
			k.busy = false
			k.mu.Unlock()
			return
		}
		k.mu.Unlock()
		of := map[workspace.Number][]*keeping{}
		for _, one := range group {
			of[one.w] = append(of[one.w], one)
		}
		for w, ones := range of {
			var rejects []intake.Reject
			for _, one := range ones {
				rejects = append(rejects, one.rejects...)
			}
			_, err := k.store.AddRejects(ctx, w, rejects, MaxRejects)
			for _, one := range ones {
				one.done <- err
			}
		}
	}
}

// kept makes the row of a refused event.
func (p *parser) kept(raw []byte, kind string, f *fault.Fault) intake.Reject {
	b, _ := json.Marshal(intake.Refused{Kind: kind, SentAt: p.sentAt, Received: p.now, Raw: raw}) // numbers and bytes: cannot fail
	return intake.Reject{
		ID: rejectID(p.source.Number, p.messageID, raw), Source: p.source.Number, Type: p.key, Reason: f.Code, Field: f.Field, Raw: b, Last: p.now,
	}
}

// Replay takes a refused event in, as it was sent or as edited; edited empty leaves it as it was. Its clocks are those of when it
// came. Replayed twice it is stored once. What is still wrong with it is said.
func (s *Segment) Replay(ctx context.Context, w workspace.Number, source event.Source, id [16]byte, was intake.Refused, edited []byte, entry audit.Entry) (string, *fault.Fault, error) {
	cd := s.at(w)
	if cd == nil {
		return "", nil, fmt.Errorf("replay: workspace %d is not served here", w)
	}
	raw := was.Raw
	if len(edited) > 0 {
		raw = edited
	}
	if was.Person != "" {
		return s.nightscout.replay(ctx, w, source, id, was, raw, entry)
	}
	p := s.parser(w, source, was.SentAt)
	if p == nil {
		return "", nil, fmt.Errorf("replay: workspace %d is served no more", w)
	}
	p.now = was.Received
	it, what, f := p.item(raw, was.Kind)
	switch {
	case f != nil:
		return "", f, nil
	case what == alias:
		if err := cd.Link(ctx, conductor.Live, entry, it); err != nil {
			if f := fault.Of(err); f != nil && f.Kind != fault.Internal {
				return "", f, nil
			}
			return "", nil, err
		}
		return "", nil, nil
	}
	it.MessageID = "reject:" + hex.EncodeToString(id[:])
	out, err := cd.Submit(ctx, conductor.Live, entry, []conductor.Item{it})
	if err != nil {
		return "", nil, err
	}
	switch o := out[0]; o.Status {
	case conductor.Stored:
		return o.Event.ID(), nil, nil
	case conductor.Repeated, conductor.Clashes, conductor.Kept: // a replay before was cut off after it was stored
		return "", nil, nil
	default:
		return "", o.Fault, nil
	}
}

// waited is Retry-After of an answer that puts a sender off.
func waited(f *fault.Fault, wait time.Duration) int {
	if f == errBusy {
		return 1
	}
	return seconds(wait)
}
