// Package rule is about expressions over a timeline: their value, the evidence for it, and the first moment at
// which it could change by itself.
package rule

import "math"

// Never is the moment of a result that time alone does not change.
const Never = math.MaxInt64

// Rule is one compiled expression.
type Rule struct{ src string }
