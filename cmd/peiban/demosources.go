package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/review"
	"peiban/internal/review/seek"
)

// record is one source's view of somebody: the identifier it knows them by, what it says of them and what they did there.
type record struct {
	source, kind, scope, id string
	who                     map[string]any
	did                     string
	props                   map[string]any
	ago                     int // days
}

// records are people who stand in several sources, as lists of shops, hospitals and WeChat have them: one person three times, one with
// a slip, a mother and son with one telephone, two brothers.
var records = []record{
	{"市一院", "record", "市一院", "H20381", said("王秀兰", "13804120412", "female", 1962), "", nil, 170},
	{"安康大药房", "account", "安康大药房", "AK-7703", said("王秀兰", "13804120412", "female", 1962), "order", map[string]any{"shop": "pharmacy", "product": "strips-50", "quantity": 2, "amount": 198, "number": "AK20260118"}, 49},
	{"公众号", "openid", "公众号", "oX2k9-wangxl", said("王秀蘭", "13804120412", "female", 1962), "contact_added", map[string]any{"kind": "pharmacy"}, 21},
	{"安康大药房", "account", "安康大药房", "AK-5120", said("欧阳玉珍", "13917260088", "female", 1955), "order", map[string]any{"shop": "pharmacy", "product": "strips-50", "quantity": 1, "amount": 99, "number": "AK20260203"}, 33},
	{"市一院", "record", "市一院", "H20977", said("欧阳玉贞", "13917260088", "female", 1955), "", nil, 90},
	{"安康大药房", "account", "安康大药房", "AK-6018", said("尉迟桂香", "13655510233", "female", 1957), "", nil, 60},
	{"公众号", "openid", "公众号", "oX2k9-weichi", said("尉迟晓峰", "13655510233", "male", 1984), "contact_added", map[string]any{"kind": "pharmacy"}, 18},
	{"市一院", "record", "市一院", "H19004", said("诸葛建军", "13766620917", "male", 1951), "", nil, 120},
	{"市一院", "record", "市一院", "H19005", said("诸葛建国", "13766620917", "male", 1951), "", nil, 120},
}

func said(name, phone, gender string, born int) map[string]any {
	return map[string]any{"name": name, "phone": phone, "gender": gender, "birthYear": born}
}

// severalSources adds the records to a story that was told, and looks once for who may be one person: the review is never empty.
func (r *rehearsal) severalSources(ctx context.Context) error {
	for i := range records {
		x := &records[i]
		source, err := r.h.store.EnsureSource(ctx, r.w.Number, event.Source{Name: x.source, Created: r.clock.now().UnixMicro()})
		if err != nil {
			return err
		}
		at := r.c.Now().AddDate(0, 0, -x.ago)
		items := []conductor.Item{}
		for n, said := range []struct {
			key   string
			props map[string]any
		}{{"profile", x.who}, {x.did, x.props}} {
			if said.key == "" {
				continue
			}
			it, err := x.item(source.Number, said.key, said.props, at.Add(time.Duration(n)*time.Minute))
			if err != nil {
				return err
			}
			items = append(items, it)
		}
		out, err := r.c.Submit(ctx, conductor.Bulk, audit.Entry{Actor: fmt.Sprintf("source:%d", source.Number), Action: "intake.batch"}, items)
		if err != nil {
			return err
		}
		for _, o := range out {
			if o.Fault != nil {
				return fmt.Errorf("a record of a source: %w", o.Fault)
			}
		}
	}
	r.listen()
	return r.lookForPairs(ctx)
}

func (x *record) item(source int32, key string, props map[string]any, at time.Time) (conductor.Item, error) {
	b, err := json.Marshal(props)
	if err != nil {
		return conductor.Item{}, err
	}
	e, f := event.Decode(key, b)
	if f != nil {
		return conductor.Item{}, f
	}
	e.Occurred, e.Source, e.Actor, e.Provenance, e.Flags = at.UnixMicro(), source, "source", "import", e.Flags|event.Imported
	return conductor.Item{Ident: []conductor.Identifier{{Type: x.kind, Scope: x.scope, Value: x.id}}, Event: e, MessageID: x.id + key}, nil
}

func (r *rehearsal) lookForPairs(ctx context.Context) error {
	if err := r.h.store.StartMatchRun(ctx, r.w.Number, &review.Run{Actor: "command", Created: r.clock.now().UnixMicro()}); err != nil {
		return err
	}
	_, err := (&seek.Runner{Store: r.h.store, Space: r.c, Real: r.clock.now, Log: r.h.log, Zone: time.UTC}).Once(ctx)
	return err
}
