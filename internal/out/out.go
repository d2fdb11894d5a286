// Package out is about what leaves for other systems: who may have it, on what basis, in which order and form.
//
// There is one feed: the committed log, events and changes of tags and stages in commit order. The stream that others read by a
// cursor and the webhooks that are sent to them are both read from it, so they cannot disagree. Sending is package job/push's.
package out

import (
	"slices"
	"strings"
	"unicode/utf8"

	"peiban/internal/engine"
	"peiban/internal/fault"
)

// Text is what people read, in both languages.
type Text = fault.Text

func text(zh, en string) Text { return Text{Zh: zh, En: en} }

// Entrusted is the basis of a receiver that works for us by contract and decides nothing itself (PIPL 21). Everybody else is
// another handler, who gets data of people who agreed to that by itself (PIPL 23).
const Entrusted = "entrusted"

// Bases are what a receiver may stand on: the consents that cover giving data to another, and Entrusted. Which of the consents holds
// for whom is for the workspace's counsel to say, so it is chosen for each receiver; the strictest reading is the first.
// Source: docs/decisions/sharing.md.
var Bases = []string{"sponsor_share_identified", "hcp_share", "research_rwe", Entrusted}

const (
	healthData  = "health_data"
	crossBorder = "cross_border"
)

// Receiver is on what basis somebody outside gets data.
type Receiver struct {
	Basis    string `json:"basis"`              // one of Bases
	Contract string `json:"contract,omitempty"` // number of the contract, of one entrusted
	Abroad   bool   `json:"abroad,omitempty"`   // outside of the mainland: the person's own consent and an approval are needed (PIPL 38-40)
	Approval string `json:"approval,omitempty"` // number of the approval to send abroad
}

var (
	errBasis    = fault.New(fault.Invalid, "unknown_basis", "请选择依据：本人同意的哪一项，或委托处理", "choose a basis: which consent of the person, or entrusted processing").At("body.basis")
	errContract = fault.New(fault.Invalid, "no_contract", "委托处理要写合同编号", "entrusted processing needs the number of its contract").At("body.contract").
			Because("没有合同就选一项本人同意", "without a contract choose a consent of the person")
	errApproval = fault.New(fault.Invalid, "no_approval", "接收方在境外，要写出境审批编号", "the receiver is abroad: the number of the approval to send abroad is needed").At("body.approval").
			Because("没有审批不能发往境外", "without an approval nothing goes abroad")
	errLong = fault.New(fault.Invalid, "too_long", "写得太长", "this is too long").Because("不超过 100 个字", "100 characters at most")
)

// Check says why a receiver cannot be used, nil when it can.
func (r *Receiver) Check() error {
	r.Contract, r.Approval = strings.TrimSpace(r.Contract), strings.TrimSpace(r.Approval)
	switch {
	case !slices.Contains(Bases, r.Basis):
		return errBasis
	case r.Basis == Entrusted && r.Contract == "":
		return errContract
	case r.Abroad && r.Approval == "":
		return errApproval
	case utf8.RuneCountInString(r.Contract) > 100:
		return errLong.At("body.contract")
	case utf8.RuneCountInString(r.Approval) > 100:
		return errLong.At("body.approval")
	}
	return nil
}

// Covers reports whether the receiver may have what is not about health of a person as they stand now.
func (r *Receiver) Covers(s *engine.State) bool {
	if r.Abroad && !s.Consented(crossBorder) {
		return false
	}
	return r.Basis == Entrusted || s.Consented(r.Basis)
}

// CoversHealth reports whether the receiver may have what is about health, or follows from it.
func (r *Receiver) CoversHealth(s *engine.State) bool { return s.Consented(healthData) && r.Covers(s) }

// knew reports whether the receiver may have heard of somebody before: it must hear of their end too.
func (r *Receiver) knew(s *engine.State) bool {
	return r.Basis == Entrusted || slices.ContainsFunc(s.Consents, func(g engine.Grant) bool { return g.Purpose == r.Basis })
}

// ends reports whether the withdrawal of a consent ends what the receiver gets.
func (r *Receiver) ends(purpose string) bool {
	return purpose == r.Basis || purpose == healthData || r.Abroad && purpose == crossBorder
}
