package rule

import (
	"errors"
	"fmt"
	"strings"

	"peiban/internal/fault"
)

// Problem is one mistake in an expression and where it is.
type Problem struct {
	Line, Col int // 1-based, inside the expression; Col counts characters
	Msg       fault.Text
	Hint      fault.Text // what would be right, e.g. did you mean "glucose"?; may be empty
}

func (p *Problem) Error() string {
	s := fmt.Sprintf("%d:%d: %s", p.Line, p.Col, p.Msg.En)
	if p.Hint.En != "" {
		s += " (" + p.Hint.En + ")"
	}
	return s
}

// Problems are all mistakes found in one expression, in the order of the text.
type Problems []*Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// ProblemsOf finds the mistakes in err, one or several; nil if it holds none.
func ProblemsOf(err error) Problems {
	var several Problems
	if errors.As(err, &several) {
		return several
	}
	var one *Problem
	if errors.As(err, &one) {
		return Problems{one}
	}
	return nil
}
