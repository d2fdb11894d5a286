package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/oklog/ulid/v2"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/job"
	"peiban/internal/person"
)

type journeyCmd struct {
	Start journeyStartCmd `cmd:"" help:"Put people into a journey by hand, or count who would come in."`
}

type journeyStartCmd struct {
	oneSpace
	Programme string `arg:"" help:"Key of the programme."`
	Journey   string `arg:"" help:"Key of the journey."`
	People    string `help:"File with one id of a person a line." type:"existingfile" placeholder:"FILE" xor:"whom" required:""`
	Segment   string `help:"Everybody who is in this segment or has this tag." placeholder:"KEY" xor:"whom" required:""`
	Everyone  bool   `help:"Everybody who fits: who has its tag, is in its stage, or is in the programme where it is entered by hand." xor:"whom" required:""`
	Reason    string `help:"Why, for who comes later." placeholder:"TEXT"`
	Key       string `help:"Of the order: the same order twice puts everybody in once. Made up and printed when not given." placeholder:"TEXT"`
	DryRun    bool   `help:"Only count."`
	JSON      bool   `name:"json" help:"Print what it came to as JSON."`
}

// startedNow is what a start came to, as machines read it.
type startedNow struct {
	Programme string `json:"programme"`
	Journey   string `json:"journey"`
	Key       string `json:"key,omitempty"`
	DryRun    bool   `json:"dryRun"`
	job.StartTally
}

// startBatch is how many people one transaction puts in.
const startBatch = 250

// Run puts people in, in batches. Broken off, it goes on when it is run again with the same key.
func (c journeyStartCmd) Run(ctx context.Context, t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	ps, err := loadProgrammes(cfg)
	if err != nil {
		return err
	}
	h, w, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	cond, err := h.conductor(ctx, w, ps, time.Now)
	if err != nil {
		return err
	}
	defer cond.Close()
	people, err := c.whom(cond)
	if err != nil {
		return err
	}
	o := conductor.Start{Programme: c.Programme, Journey: c.Journey, Reason: c.Reason, Key: c.Key, Try: c.DryRun}
	if o.Key == "" {
		o.Key = ulid.Make().String()
	}
	out := startedNow{Programme: c.Programme, Journey: c.Journey, DryRun: c.DryRun, StartTally: job.StartTally{Of: len(people)}}
	if !c.DryRun {
		out.Key = o.Key
	}
	proof := audit.Entry{Actor: "command", Action: "journey.start"}
	if c.DryRun {
		proof = audit.Entry{}
	}
	bar := t.progress("放进旅程", "put in")
	for some := range slices.Chunk(people, startBatch) {
		lines, err := cond.StartJourney(ctx, conductor.Bulk, some, o, proof)
		if err != nil {
			bar.end()
			t.note("停下了；用 --key %s 再运行一次就接着做", "stopped; run it again with --key %s to go on", o.Key)
			return err
		}
		out.Add(lines)
		bar.show(int64(out.Done), int64(out.Of), "")
	}
	bar.end()
	zh, en := "放进 %d 人，共看了 %d 人", "put %d in, of %d looked at"
	if c.DryRun {
		zh, en = "会放进 %d 人，共看了 %d 人", "%d would come in, of %d looked at"
	}
	zh, en = fmt.Sprintf(zh, out.Entered, out.Done), fmt.Sprintf(en, out.Entered, out.Done)
	reasons := make([]string, 0, len(out.Refused))
	for why, n := range out.Refused {
		reasons = append(reasons, fmt.Sprintf("%s %d", why, n))
	}
	if slices.Sort(reasons); len(reasons) > 0 {
		zh, en = zh+"；没进："+strings.Join(reasons, "，"), en+"; not: "+strings.Join(reasons, ", ")
	}
	return t.sum(c.JSON, out, zh, en)
}

func (c *journeyStartCmd) whom(cond *conductor.Conductor) ([]person.Number, error) {
	fits, err := cond.Fitting(c.Programme, c.Journey)
	if err != nil {
		return nil, err
	}
	set := roaring.New()
	switch {
	case c.Everyone:
		set = roaring.And(fits, cond.Directory().All())
	case c.Segment != "":
		if p := cond.Programme(c.Programme); p.TagIndex(c.Segment) < 0 {
			return nil, usage("programme %s has no segment or tag %q", c.Programme, c.Segment)
		}
		set = roaring.And(cond.Of(c.Programme, "tag", c.Segment), cond.Directory().All())
	default:
		f, err := os.Open(c.People)
		if err != nil {
			return nil, fmt.Errorf("read who is to be put in: %w", err)
		}
		defer f.Close()
		lines := bufio.NewScanner(f)
		for n := 1; lines.Scan(); n++ {
			id := strings.TrimSpace(lines.Text())
			if id == "" {
				continue
			}
			card, ok := cond.Directory().ByID(person.ID(id))
			if !ok {
				return nil, usage("%s:%d: there is no such person", c.People, n)
			}
			set.Add(uint32(card.Number))
		}
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("read who is to be put in: %w", err)
		}
	}
	out := make([]person.Number, 0, set.GetCardinality())
	for it := set.Iterator(); it.HasNext(); {
		out = append(out, person.Number(it.Next()))
	}
	return out, nil
}
