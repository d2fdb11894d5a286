package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"peiban/internal/attachment"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/healthfile"
	"peiban/internal/medicine"
	"peiban/internal/staff"
)

func (s *Server) fileOperations() {
	serve(s, operation{"health-file", http.MethodGet, "/api/people/{id}/file", "file", "The health file: medicines, diagnoses, laboratory values, plans and the rest, each with who said so", forStaff}, s.personFile)
	serve(s, operation{"add-to-file", http.MethodPost, "/api/people/{id}/file", "file", "Add a statement to the health file", forStaff}, s.addToFile)
	serve(s, operation{"correct-in-file", http.MethodPost, "/api/people/{id}/file/{entry}/correct", "file", "Replace a statement; the old one stays beside it", forStaff}, s.correctInFile)
	act(s, operation{"retract-from-file", http.MethodPost, "/api/people/{id}/file/{entry}/retract", "file", "Take a statement back, with the reason", forStaff}, s.retractFromFile)
	serve(s, operation{"sign-in-file", http.MethodPost, "/api/people/{id}/file/{entry}/sign", "file", "Sign what others told: the doctor's own account states the same; targets hold from then on", forStaff}, s.signEntry)
	serve(s, operation{"map-medicine", http.MethodPost, "/api/people/{id}/file/{entry}/map", "file", "Say which medicine a name means; every entry of the person with that name is corrected", forStaff}, s.mapMedicine)
	serve(s, operation{"medicines", http.MethodGet, "/api/medicines", "file", "Medicines by generic or brand name, pinyin or initials", forStaff}, s.searchMedicines)
	serve(s, operation{"my-file", http.MethodGet, "/api/me/file", "me", "My health file", forPerson}, s.myFile)
	serve(s, operation{"add-to-my-file", http.MethodPost, "/api/me/file", "me", "Add a statement of mine", forPerson}, s.addToMyFile)
	serve(s, operation{"correct-in-my-file", http.MethodPost, "/api/me/file/{entry}/correct", "me", "Replace a statement of mine", forPerson}, s.correctInMyFile)
	act(s, operation{"retract-from-my-file", http.MethodPost, "/api/me/file/{entry}/retract", "me", "Take a statement of mine back", forPerson}, s.retractFromMyFile)
	serve(s, operation{"my-medicines", http.MethodGet, "/api/me/medicines", "me", "Medicines by name, pinyin or initials", forPerson}, s.searchMyMedicines)
	s.reportOperations()
}

type fileInput struct {
	IDPath
	Moments
}

func (s *Server) personFile(ctx context.Context, in *fileInput) (HealthFile, error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "file.read")
	if err != nil {
		return HealthFile{}, err
	}
	return s.healthFile(ctx, c, l)
}

type myFileInput struct{ Moments }

func (s *Server) myFile(ctx context.Context, in *myFileInput) (HealthFile, error) {
	c, err := s.self(ctx)
	if err != nil {
		return HealthFile{}, err
	}
	at, known, err := in.parse(c.space.loc)
	if err != nil {
		return HealthFile{}, err
	}
	l, err := c.space.Conductor.Look(c.me.Number, at, known)
	if err != nil {
		return HealthFile{}, err
	}
	if err := s.read(ctx, c, "me.file", c.me.Number); err != nil {
		return HealthFile{}, err
	}
	return s.healthFile(ctx, c, l)
}

// recentDoses is how far back single doses, and values measured at home, are read with the file: what a course was says the rest.
const recentDoses = 90 * healthfile.Day

// folded reads the events of the file and folds them. Of doses taken and missed, and of values measured at home, only the last 90
// days are read.
func (s *Server) folded(ctx context.Context, c *caller, l *conductor.Look) (*healthfile.File, error) {
	v := l.View
	taken, missed := event.Intern("taken"), event.Intern("missed")
	es, err := s.eventsWhere(ctx, c, l, func(i int) bool {
		section, ok := healthfile.SectionOf(v.Type[i])
		if !ok || v.At[i] > l.At || section == healthfile.Measures && v.At[i] <= l.At-recentDoses {
			return false
		}
		return v.Type[i] != event.Medication || v.B[i] != taken && v.B[i] != missed || v.At[i] > l.At-recentDoses
	})
	if err != nil {
		return nil, err
	}
	return healthfile.Fold(es, l.At), nil
}

// eventsWhere reads the events of a person that are wanted, hidden ones among them, with what took them back. Their bodies are open.
func (s *Server) eventsWhere(ctx context.Context, c *caller, l *conductor.Look, wanted func(i int) bool) ([]event.Event, error) {
	v := l.View
	var seqs []event.Seq
	flags := map[event.Seq]event.Flags{}
	want := func(i int) {
		seqs = append(seqs, v.Seq[i])
		flags[v.Seq[i]] = v.Flags[i]
	}
	for i := range v.Len() {
		if wanted(i) {
			want(i)
		}
	}
	for _, x := range v.Fixes {
		if _, ours := flags[x.Of]; ours {
			if _, there := flags[x.By]; !there {
				if i := v.Find(x.By); i >= 0 && v.Type[i] == event.Correction {
					want(i)
				}
			}
		}
	}
	es, err := s.store.EventsBySeq(ctx, c.space.number(), l.Card.Number, seqs)
	if err != nil {
		return nil, err
	}
	if err := c.space.Conductor.Reveal(l.Card.Number, es); err != nil {
		return nil, err
	}
	for i := range es {
		es[i].Flags |= flags[es[i].Seq]
	}
	if hides := veilOf(c, l); hides != nil {
		es = slices.DeleteFunc(es, func(e event.Event) bool { return hides(&e) })
	}
	return es, nil
}

// MedicineItem is a medicine of the catalogue.
type MedicineItem struct {
	Key       string   `json:"key"`
	Name      Text     `json:"name"`
	ATC       string   `json:"atc,omitempty"`
	Class     string   `json:"class"`
	ClassName Text     `json:"className"`
	Unit      string   `json:"unit" doc:"doses are kept in it"`
	Units     []string `json:"units" doc:"units a dose may be typed in"`
	Brands    []string `json:"brands"`
	Low       float64  `json:"low" doc:"of a single dose: what is outside is refused as mistyped"`
	High      float64  `json:"high"`
}

type medicinesInput struct {
	Q     string `query:"q" maxLength:"60" doc:"Chinese, English or brand name, pinyin or its initials"`
	Limit int    `query:"limit" minimum:"0" maximum:"200" doc:"20 when not given"`
}

type medicineList struct {
	Items []MedicineItem `json:"items"`
}

func (s *Server) searchMedicines(ctx context.Context, in *medicinesInput) (medicineList, error) {
	if _, _, err := s.authorize(ctx, staff.CanReadPeople); err != nil {
		return medicineList{}, err
	}
	return foundMedicines(in), nil
}

func (s *Server) searchMyMedicines(ctx context.Context, in *medicinesInput) (medicineList, error) {
	if _, err := s.self(ctx); err != nil {
		return medicineList{}, err
	}
	return foundMedicines(in), nil
}

func foundMedicines(in *medicinesInput) medicineList {
	out := medicineList{Items: []MedicineItem{}}
	for _, m := range medicine.Search(in.Q, cmp.Or(in.Limit, 20)) {
		out.Items = append(out.Items, MedicineItem{
			Key: m.Key, Name: m.Name, ATC: m.ATC, Class: m.Class, ClassName: className(m.Class), Unit: m.Unit, Units: m.Units(),
			Brands: append([]string{}, m.Brands...), Low: m.Low, High: m.High,
		})
	}
	return out
}

func className(class string) Text { return word(event.Words("medication", "class"), class) }

// classNames is DPP-4 抑制剂 + 二甲双胍: all classes of a fixed combination.
func classNames(classes []string) Text {
	zh, en := make([]string, len(classes)), make([]string, len(classes))
	for i, c := range classes {
		n := className(c)
		zh[i], en[i] = n.Zh, n.En
	}
	return Text{Zh: strings.Join(zh, " + "), En: strings.Join(en, " + ")}
}

var (
	errNotOfFile = fault.New(fault.Invalid, "not_of_the_file", "这种记录不属于健康档案", "this kind of event is not of the health file").At("body.type")
	errSigned    = fault.New(fault.Invalid, "signed_by_account_only", "签署只能由医生本人的账号完成，不能代填", "only a doctor's own account signs; nobody fills that in").
			At("body.properties.signed").Because("去掉 signed；医生登录后自己提交", "leave out signed; the doctor signs in and submits")
	errSignedByOther = fault.New(fault.Forbidden, "signed_by_another", "这条由医生签署，只有他本人能改或撤回", "a doctor signed this; only that doctor changes it or takes it back")
	errDoctorOnly    = fault.New(fault.Forbidden, "doctor_only", "这一项只能由医生本人的账号填写", "only a doctor's own account may state this")
	errStaffState    = fault.New(fault.Forbidden, "stated_by_staff", "这一项由医生或工作人员记录", "a doctor or staff state this").At("body.type").
				Because("请告诉健康管理师，由他们核对后记入", "tell your health manager, who checks it and records it")
	errNotDoctor = fault.New(fault.Invalid, "source_is_not_a_doctor", "只有医生本人的账号能写“医生定的”", "only a doctor's own account says that a doctor set it").
			At("body.properties.source").Because("去掉 source，或写 person", "leave out source, or give person")
	errOwnOnly   = fault.New(fault.Forbidden, "not_yours", "只能改自己写的记录", "you may change only what you wrote")
	errVerify    = fault.New(fault.Forbidden, "verified_by_staff", "核对由工作人员完成", "staff check a paper, not the person").At("body.properties.verified")
	errEntryGone = fault.New(fault.Stale, "entry_replaced", "这条记录已经改过或撤回，请刷新再看", "this entry was replaced or taken back meanwhile; reload and look again")
	errNoEntry   = fault.New(fault.Missing, "entry_not_found", "没有找到这条记录", "no such entry")
	errMedicine  = fault.New(fault.Invalid, "unknown_medicine", "目录里没有这种药", "the catalogue has no such medicine")
	errMapped    = fault.New(fault.Clash, "already_mapped", "这种药已经对照过", "this medicine is known already")
)

// entryAt finds an entry by outside id. Its id is its version: one that was replaced meanwhile is an old If-Match.
func (s *Server) entryAt(f *healthfile.File, l *conductor.Look, id string) (*healthfile.Entry, error) {
	seq, ok := event.SeqOf(id)
	if !ok {
		return nil, errNoEntry
	}
	i := l.View.Find(seq)
	if i < 0 || event.IDOf(l.View.Recv[i], seq) != id {
		return nil, errNoEntry
	}
	if _, ours := healthfile.SectionOf(l.View.Type[i]); !ours {
		return nil, errNoEntry
	}
	e := f.Find(seq)
	switch {
	case e == nil || !e.Stands():
		return nil, errEntryGone
	case e.Text("filling") != "":
		return nil, errOfForm
	}
	return e, nil
}

// mayChange tells why the caller may not change an entry, nil when they may.
func mayChange(c *caller, e *healthfile.Entry) error {
	switch {
	case c.session.Kind == staff.KindPerson && e.Event.Actor != "self":
		return errOwnOnly
	case signedByOther(c, e):
		return errSignedByOther
	case c.session.Kind == staff.KindStaff && !c.member.Role.Can(staff.CanWritePeople):
		return errForbidden
	}
	return nil
}

// signedByOther tells whether another account signed e, or what e was made of when its medicine was mapped.
func signedByOther(c *caller, e *healthfile.Entry) bool {
	other := func(x *healthfile.Entry) bool { return x.Signed() && x.Event.Actor != c.actor() }
	return other(e) || slices.ContainsFunc(e.Replaced, other)
}

// place is where a file of the person lies.
func place(c *caller, l *conductor.Look, file string) attachment.Place {
	return attachment.Place{Workspace: c.space.number(), Person: l.Card.ID, File: file}
}
