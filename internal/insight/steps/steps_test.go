package steps

import (
	"slices"
	"testing"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/insight/fulfil"
	"peiban/internal/journey"
)

// 1 message, 2 wait, 3 if: then a task and an exit, else nothing, 4 message a run waits for.
func drawn() *journey.Definition {
	return &journey.Definition{Steps: []journey.Step{
		{ID: "1", Message: &journey.MessageStep{}},
		{ID: "2", Wait: &journey.WaitStep{}},
		{ID: "3", If: &journey.IfStep{Then: []journey.Step{{ID: "3.then.1", Task: &journey.TaskStep{}}, {ID: "3.then.2", Exit: true}}}},
		{ID: "4", Message: &journey.MessageStep{Held: journey.Hold}},
	}}
}

func TestFiguresOfSteps(t *testing.T) {
	f := New(drawn())
	f.Run(1, "running", "", "2") // waits
	f.Work(&fulfil.Work{Person: 1, Step: "1", Kind: "message", State: "sent"})
	f.Run(2, "done", journey.ByExit, "3.then.2")
	f.Work(&fulfil.Work{Person: 2, Step: "1", Kind: "message", State: "suppressed", Reason: "cap"})
	f.Work(&fulfil.Work{Person: 2, Step: "3.then.1", Kind: "task", State: "done"})
	f.Run(3, "running", "", "4")
	f.Work(&fulfil.Work{Person: 3, Step: "1", Kind: "message", State: "dead"})
	f.Work(&fulfil.Work{Person: 3, Step: "4", Kind: "message", State: "held"})
	f.Run(4, "done", journey.AtEnd, "")
	f.Run(5, "left", "rule", "2")
	f.Run(6, "running", "", "gone") // of an older version
	f.Run(1, "left", "rule", "2")   // a second time
	f.Work(&fulfil.Work{Person: 6, Step: "3.then.1", Kind: "task", State: "open"})
	f.Work(&fulfil.Work{Person: 6, Step: "3.then.1", Kind: "task", State: "skipped"})
	for _, x := range []struct {
		of   Of
		want []uint32
	}{
		{Of{Part: Entered}, []uint32{1, 2, 3, 4, 5, 6}},
		{Of{Part: Running}, []uint32{1, 3, 6}},
		{Of{Step: "2", Part: Waiting}, []uint32{1}},
		{Of{Step: "4", Part: Waiting}, []uint32{3}},
		{Of{Step: "gone", Part: Waiting}, []uint32{6}},
		{Of{Step: "1", Part: Passed}, []uint32{1, 2, 3, 4, 5, 6}},
		{Of{Step: "2", Part: Passed}, []uint32{2, 3, 4, 6}},
		{Of{Step: "3", Part: Passed}, []uint32{2, 3, 4, 6}},
		{Of{Step: "3.then.1", Part: Passed}, []uint32{2, 6}},
		{Of{Step: "3.then.2", Part: Passed}, []uint32{2}},
		{Of{Step: "4", Part: Passed}, []uint32{4}},
		{Of{Step: "1", Part: Sent}, []uint32{1}},
		{Of{Step: "1", Part: Failed}, []uint32{3}},
		{Of{Step: "1", Part: Suppressed, Reason: "cap"}, []uint32{2}},
		{Of{Step: "4", Part: Held}, []uint32{3}},
		{Of{Step: "3.then.1", Part: Done}, []uint32{2}},
		{Of{Step: "3.then.1", Part: Open}, []uint32{6}},
	} {
		if got := f.People(x.of, nil).ToArray(); !slices.Equal(got, x.want) || f.Count(x.of, nil) != len(x.want) {
			t.Errorf("%+v: %v, not %v", x.of, got, x.want)
		}
	}
	seen := roaring.BitmapOf(2, 9)
	if f.Count(Of{Part: Entered}, seen) != 1 || f.People(Of{Part: Entered}, seen).GetCardinality() != 1 || f.Count(Of{Part: "x"}, nil) != 0 {
		t.Error("who may not be seen is counted")
	}
	if r := f.Reasons("1"); len(r) != 1 || r[0] != "cap" {
		t.Error(r)
	}
	if s := f.Steps(); !slices.Equal(s, []string{"1", "2", "3", "3.then.1", "3.then.2", "4", "gone"}) {
		t.Error(s)
	}
}
