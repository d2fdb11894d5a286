package message

import (
	"peiban/internal/event"
	"peiban/internal/timeline"
)

// alertOpened is the outcome a task_opened has that is an alert.
var (
	alertOpened = event.Intern("alert")
	suspected   = event.Intern("suspected")
	opened      = event.Intern("opened")
	closed      = event.Intern("closed")
	dismissed   = event.Intern("dismissed")
)

// MatterOf is the reason why what a programme planned for somebody waits: an alert nobody closed, an adverse event that is suspected
// or followed up, a complaint that is not settled; "" when nothing is open. They are counted, not joined by number, as the tags
// sg_open_alert, sg_ae_case and sg_complaint do.
//
// Source: operations reference, section 3: any open emergency alert, follow-up of an adverse event or complaint pauses the plan.
func MatterOf(tl *timeline.Timeline) string {
	var alerts, suspects, cases, complaints int
	for i, t := range tl.Type {
		if tl.Flags[i]&event.Hidden != 0 {
			continue
		}
		switch t {
		case event.TaskOpened:
			if tl.C[i] == alertOpened {
				alerts++
			}
		case event.AlertClosed:
			alerts--
		case event.AdverseEvent:
			switch tl.A[i] {
			case suspected:
				suspects++
			case opened:
				suspects, cases = suspects-1, cases+1
			case dismissed:
				suspects--
			case closed:
				cases--
			}
		case event.Complaint:
			switch tl.A[i] {
			case opened:
				complaints++
			case closed:
				complaints--
			}
		}
	}
	switch {
	case alerts > 0:
		return OpenAlert
	case suspects > 0 || cases > 0:
		return OpenAdverse
	case complaints > 0:
		return OpenComplaint
	}
	return ""
}
