package fault_test

import (
	"errors"
	"strings"
	"testing"

	"peiban/internal/fault"
)

func TestGuardTurnsAPanicIntoAnErrorThatTellsNothing(t *testing.T) {
	if err := fault.Guard(func() error { return nil }); err != nil {
		t.Errorf("no panic: %v", err)
	}
	own := errors.New("own")
	if err := fault.Guard(func() error { return own }); !errors.Is(err, own) {
		t.Errorf("an error: %v", err)
	}
	readings := []float64{7.3}
	at := 17
	for _, do := range []func() error{
		func() error { panic("the patient of 13800138000") },
		func() error { _ = readings[at]; return nil },
	} {
		err := fault.Guard(do)
		var p *fault.Panic
		if !errors.As(err, &p) {
			t.Fatalf("%v", err)
		}
		if strings.ContainsAny(p.Error(), "0123456789") || strings.Contains(p.Error(), "patient") || !strings.Contains(p.Stack, "panic_test.go") && !strings.Contains(p.Stack, "fault_test") {
			t.Errorf("%s\n%s", p.Error(), p.Stack)
		}
		if strings.Contains(p.Stack, "Guard.func") || !strings.Contains(p.Stack, "TestGuard") {
			t.Errorf("begins at the panic, not at what caught it: %s", p.Stack)
		}
	}
}
