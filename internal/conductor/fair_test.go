package conductor

import (
	"fmt"
	"testing"
)

func TestASourceThatSendsMuchWaitsBehindItself(t *testing.T) {
	var waiting []*request
	add := func(from int32, n int) {
		for range n {
			waiting = append(waiting, &request{from: from, size: len(waiting)})
		}
	}
	add(1, 5)
	add(2, 1)
	add(0, 2)
	fair(waiting)
	got := ""
	for _, r := range waiting {
		got += fmt.Sprintf("%d:%d ", r.from, r.size)
	}
	if want := "1:0 2:5 0:6 1:1 0:7 1:2 1:3 1:4 "; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
