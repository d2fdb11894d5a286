package job

import (
	"context"
	"encoding/binary"
	"fmt"
	"strconv"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/person"
)

// PeoplePart holds who is put into a journey: their numbers, four bytes each.
const PeoplePart = "people"

const (
	startBatch = 250 // how many people one transaction puts in
	partPeople = PartSize / 4
)

// StartOrder is what people are put into.
type StartOrder struct {
	Programme string `json:"programme"`
	Journey   string `json:"journey"`
	Reason    string `json:"reason,omitempty"`
}

// StartTally is what became of them so far.
type StartTally struct {
	Of      int                    `json:"of"`
	Done    int                    `json:"done"` // of them looked at
	Entered int                    `json:"entered"`
	Silent  int                    `json:"silent,omitempty"` // of those who came in: nothing is sent to them until they agree
	Refused map[engine.Refusal]int `json:"refused,omitempty"`
	Failed  int                    `json:"failed,omitempty"`
}

// Add counts what became of people.
func (t *StartTally) Add(lines []conductor.Started) {
	for _, l := range lines {
		t.Done++
		switch {
		case l.Refused != "":
			if t.Refused == nil {
				t.Refused = map[engine.Refusal]int{}
			}
			t.Refused[l.Refused]++
		default:
			t.Entered++
			if l.Silent {
				t.Silent++
			}
		}
	}
}

// PeopleParts writes numbers as the parts of a job.
func PeopleParts(people []person.Number) (parts [][]byte) {
	for len(people) > 0 {
		some := people[:min(len(people), partPeople)]
		b := make([]byte, 0, 4*len(some))
		for _, n := range some {
			b = binary.BigEndian.AppendUint32(b, uint32(n))
		}
		parts, people = append(parts, b), people[len(some):]
	}
	return parts
}

// start puts people into a journey, in batches. After a crash the batch in hand is done once more, and puts nobody in twice: each is known by
// the job.
func (r *Runner) start(ctx context.Context, j *Job) error {
	if j.Told.Start == nil {
		return r.end(ctx, j, fault.New(fault.Invalid, "start_order", "没有写明放进哪个旅程", "it does not say which journey"))
	}
	if j.Report.Start == nil {
		j.Report.Start = &StartTally{Of: int(j.Size)}
	}
	t := j.Report.Start
	o := conductor.Start{Programme: j.Told.Start.Programme, Journey: j.Told.Start.Journey, Reason: j.Told.Start.Reason, Key: "job:" + strconv.FormatInt(int64(j.Number), 10)}
	proof := audit.Entry{Actor: j.Actor, Action: "journey.start"}
	for t.Done < t.Of {
		people, err := r.startNext(ctx, j, t.Done)
		if err != nil {
			return err
		}
		if err := r.startSome(ctx, j, people, o, proof); err != nil {
			if f := fault.Of(err); f != nil && f.Kind != fault.Internal && ctx.Err() == nil { // the journey is gone meanwhile
				return r.end(ctx, j, err)
			}
			return err
		}
		j.Report.Read, j.Until = t.Done, r.Taker.Head()
		if err := r.keep(ctx, j); err != nil {
			return err
		}
		if j.Want == "stop" && t.Done < t.Of {
			return r.end(ctx, j, errStopped)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return r.end(ctx, j, nil)
}

// startNext are the next people from a place on.
func (r *Runner) startNext(ctx context.Context, j *Job, from int) ([]person.Number, error) {
	b, err := r.Store.JobPart(ctx, r.ws(), j.Number, PeoplePart, from/partPeople)
	if err != nil {
		return nil, fmt.Errorf("read the people of job %d: %w", j.Number, err)
	}
	var out []person.Number
	for at := from % partPeople; at < len(b)/4 && len(out) < startBatch; at++ {
		out = append(out, person.Number(binary.BigEndian.Uint32(b[4*at:])))
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("the people of job %d end at %d", j.Number, from)
	}
	return out, nil
}

// startSome puts some people in in one transaction. Where that fails each is tried alone, so that one who cannot be keeps nobody else.
func (r *Runner) startSome(ctx context.Context, j *Job, people []person.Number, o conductor.Start, proof audit.Entry) error {
	lines, err := r.Taker.StartJourney(ctx, conductor.Bulk, people, o, proof)
	if err == nil {
		j.Report.Start.Add(lines)
		j.Report.Start.Done += len(people) - len(lines) // of two records of one person
		return nil
	}
	if f := fault.Of(err); ctx.Err() != nil || f != nil && f.Kind != fault.Internal {
		return err
	}
	if len(people) > 1 {
		for i := range people {
			if err := r.startSome(ctx, j, people[i:i+1], o, proof); err != nil {
				return err
			}
		}
		return nil
	}
	r.Log.Error("a person could not be put into a journey", "job", j.Number, "error", err)
	j.Report.Start.Done++
	j.Report.Start.Failed++
	return nil
}
