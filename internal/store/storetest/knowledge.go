package storetest

import (
	"testing"

	"peiban/internal/audit"
	"peiban/internal/conversation"
	"peiban/internal/knowledge"
	"peiban/internal/store"
)

func knowledgeBase(_ *testing.T, f *fixture) {
	es, revision, err := f.s.Knowledge(ctx, f.w)
	f.must(err)
	same(f, "nothing yet", len(es), 0)
	same(f, "revision of nothing", revision, int64(0))
	a := knowledge.Entry{ID: "a", Kind: knowledge.Answer, Title: "怎么测", Questions: []string{"怎么测血糖"}, Text: "洗手", Source: "指南", State: knowledge.Draft, WrittenBy: "S1"}
	b := knowledge.Entry{ID: "b", Kind: knowledge.Quick, Title: "问候", Text: "您好", State: knowledge.Draft, WrittenBy: "S1"}
	f.must(second(f.s.SaveKnowledge(ctx, f.w, []knowledge.Entry{b, a}, 5, "staff:S1", audit.Entry{Actor: "staff:S1", Action: "knowledge.save"})))
	f.is(second(f.s.SaveKnowledge(ctx, f.w, []knowledge.Entry{a}, 6, "staff:S2")), knowledge.ErrChanged)
	one, err := f.s.KnowledgeEntry(ctx, f.w, "a")
	f.must(err)
	a.Revision, a.At, a.Actor = 1, 5, "staff:S1"
	same(f, "one entry", one, a)
	_, err = f.s.KnowledgeEntry(ctx, f.w, "c")
	f.is(err, knowledge.ErrMissing)
	one.Text = "先洗手"
	revision, err = f.s.SaveKnowledge(ctx, f.w, []knowledge.Entry{one}, 7, "staff:S2")
	f.must(err)
	same(f, "its revision now", revision, int64(2))
	f.is(second(f.s.SaveKnowledge(ctx, f.w, []knowledge.Entry{{ID: "new"}, a}, 8, "staff:S1")), knowledge.ErrChanged)
	es, revision, err = f.s.Knowledge(ctx, f.w)
	f.must(err)
	same(f, "the newest revision", revision, int64(2))
	same(f, "all of them or none", len(es), 2)
	same(f, "as it was changed", es[0].Text, "先洗手")
	newest, err := f.s.KnowledgeRevision(ctx, f.w)
	f.must(err)
	same(f, "asked alone", newest, int64(2))

	set, version, err := f.s.TalkSettings(ctx, f.w)
	f.must(err)
	same(f, "nothing said", version, int64(0))
	same(f, "as usual", set, conversation.DefaultSettings())
	set.Assistant = true
	f.must(f.s.SaveTalkSettings(ctx, f.w, set, 0, 5, "staff:x"))
	f.is(f.s.SaveTalkSettings(ctx, f.w, set, 0, 5, "staff:x"), store.ErrRulesMoved)
	got, version, err := f.s.TalkSettings(ctx, f.w)
	f.must(err)
	same(f, "version", version, int64(1))
	same(f, "as it was said", got, set)

	cursor, err := f.s.KfCursor(ctx, f.w, "c", "kf1")
	f.must(err)
	same(f, "not read yet", cursor, "")
	f.must(f.s.SaveKfCursor(ctx, f.w, "c", "kf1", "one", 1))
	f.must(f.s.SaveKfCursor(ctx, f.w, "c", "kf1", "two", 2))
	f.must(f.s.SaveKfCursor(ctx, f.w, "c", "kf2", "three", 3))
	cursor, err = f.s.KfCursor(ctx, f.w, "c", "kf1")
	f.must(err)
	same(f, "how far it was read", cursor, "two")
}
