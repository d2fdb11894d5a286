package programme_test

import (
	"reflect"
	"strings"
	"testing"

	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/programmes"
)

var shipped = []string{"diabetes", "hcp-academic", "hypertension", "osteonecrosis"}

func filesOf(t *testing.T, key string) programme.Files {
	t.Helper()
	f, err := programme.ReadFiles(programmes.FS, key)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// Everything a form edits, written anew from its form, decides and says what it did.
func TestEveryShippedPartGoesThroughItsForm(t *testing.T) {
	for _, key := range shipped {
		f := filesOf(t, key)
		was := open(t, f)
		var err error
		for _, x := range f.Settings() {
			if f, err = f.SetSetting(x); err != nil {
				t.Fatal(key, x.Key, err)
			}
		}
		for _, x := range f.Targets() {
			if f, err = f.SetTarget(x); err != nil {
				t.Fatal(key, x.Key, err)
			}
		}
		stages, ok := f.StageForms()
		if !ok {
			t.Fatal(key, "no stages")
		}
		for i := range stages { // each written anew, not kept as it was
			stages[i].Source += " "
		}
		if f, err = f.SetStages(stages); err != nil {
			t.Fatal(key, err)
		}
		for i := range stages {
			stages[i].Source = strings.TrimSuffix(stages[i].Source, " ")
		}
		if f, err = f.SetStages(stages); err != nil {
			t.Fatal(key, err)
		}
		for _, k := range f.TextKeys() {
			x, ok := f.TextForm(k)
			if !ok {
				t.Fatal(key, k)
			}
			if f, err = f.SetText(x); err != nil {
				t.Fatal(key, k, err)
			}
		}
		if f, err = f.SetHead(f.Head()); err != nil {
			t.Fatal(key, err)
		}
		now := open(t, f)
		d := programme.Compare(was, now)
		if len(d.Tags)+len(d.Stages)+len(d.Journeys) > 0 {
			t.Errorf("%s: %+v", key, d)
		}
		if s, g := programme.Numbers(was, now); len(s)+len(g) > 0 {
			t.Errorf("%s: %+v %+v", key, s, g)
		}
		if !reflect.DeepEqual(was.Targets, now.Targets) || !reflect.DeepEqual(was.Settings, now.Settings) {
			t.Errorf("%s: numbers are other than they were", key)
		}
		for k, x := range was.Contents {
			if y := now.Contents[k]; y == nil || y.Body != x.Body || y.Title != x.Title || y.Gravity != x.Gravity || !reflect.DeepEqual(y.Answers, x.Answers) || !reflect.DeepEqual(y.Stage, x.Stage) {
				t.Errorf("%s: text %s is another", key, k)
			}
		}
	}
}

func setting(t *testing.T, f programme.Files, key string) programme.SettingForm {
	t.Helper()
	for _, x := range f.Settings() {
		if x.Key == key {
			return x
		}
	}
	t.Fatalf("no setting %s", key)
	return programme.SettingForm{}
}

func TestASettingIsChangedInItsPlace(t *testing.T) {
	f := filesOf(t, "hypertension")
	x := setting(t, f, "trend")
	x.Value, x.Unsure, x.Source = 21, true, "王医生 2026-03-01"
	got, err := f.SetSetting(x)
	if err != nil {
		t.Fatal(err)
	}
	was, is := open(t, f), open(t, got)
	settings, _ := programme.Numbers(was, is)
	if len(settings) != 1 || settings[0].Key != "trend" || settings[0].Was != "10 mmHg" || settings[0].Is != "21 mmHg" || !is.Settings["trend"].IsUnsure() {
		t.Errorf("%+v", settings)
	}
	for _, l := range []string{"# Numbers a clinician may want otherwise. Where the sources are not sure, the number is here.", "# Parts of rules with a name."} {
		if !strings.Contains(got["programme.yaml"], l) {
			t.Errorf("the comment %q is gone", l)
		}
	}
	if n := strings.Count(got["programme.yaml"], "\n") - strings.Count(f["programme.yaml"], "\n"); n != 1 { // unsure: true
		t.Errorf("%d lines more", n)
	}
}

// A part is shared: its setting is not changed there, the programme gets its own in its place.
func TestASettingOfAPartIsTakenOver(t *testing.T) {
	f := filesOf(t, "hypertension")
	var x programme.SettingForm
	for _, s := range f.Settings() {
		if s.Part != "" {
			x = s
		}
	}
	if x.Key == "" {
		t.Fatal("no part of the shipped programme has a setting")
	}
	part := f[x.File]
	x.Value++
	got, err := f.SetSetting(x)
	if err != nil {
		t.Fatal(err)
	}
	if now := setting(t, got, x.Key); now.Part != "" || now.Value != x.Value || got[x.File] != part {
		t.Errorf("%+v", now)
	}
	back, err := got.DropSetting(x.Key)
	if err != nil || setting(t, back, x.Key).Part == "" {
		t.Errorf("%v: the part's does not hold again", err)
	}
}

func TestWhatIsUnsure(t *testing.T) {
	for source, want := range map[string]bool{
		"项目约定，待医生确认 (proposal)": true, "stage model, Unsure": true, "标签目录 G3，提议值 (tag catalogue, proposed)": true,
		"中国高血压防治指南（2024 年修订版）3 级": false, "": false,
	} {
		if programme.Unsure(source) != want {
			t.Errorf("%q: %v", source, !want)
		}
	}
}

func TestATargetIsChangedWithItsUnits(t *testing.T) {
	f := filesOf(t, "diabetes")
	all := f.Targets()
	x := all[0]
	for i := range x.Limits {
		if x.Limits[i].Key == "fasting" {
			x.Limits[i].High = &programme.Quantity{Value: 126, Unit: "mg/dL"}
		}
	}
	x.Approval = &programme.ApprovalForm{By: "王医生", At: "2026-03-01", Document: "MLR-1"}
	got, err := f.SetTarget(x)
	if err != nil {
		t.Fatal(err)
	}
	now := open(t, got)
	if r := now.Targets[x.Key]; r.Ranges["fasting"].High != 7 || r.Sample {
		t.Errorf("%+v", r)
	}
	x.Limits[0].High = &programme.Quantity{Value: 7, Unit: "mmHg"}
	if _, err := f.SetTarget(x); fault.Of(err) == nil || fault.Of(err).Code != "no_unit" {
		t.Errorf("a unit of something else: %v", err)
	}
	if _, err := f.DropTarget(all[0].Key); all[0].Default && (fault.Of(err) == nil || fault.Of(err).Code != "default_target") {
		t.Errorf("the default one: %v", err)
	}
	for _, o := range all {
		if o.Default {
			continue
		}
		o.Default = true
		moved, err := f.SetTarget(o)
		if err != nil || open(t, moved).DefaultTarget != o.Key {
			t.Errorf("another default: %v", err)
		}
		if gone, err := f.DropTarget(o.Key); err != nil || len(gone.Targets()) != len(all)-1 {
			t.Errorf("drop %s: %v", o.Key, err)
		}
		break
	}
}

func TestStagesMoveWithTheirComments(t *testing.T) {
	f := programme.Files{"stages.yaml": "# about all\n\n# first: why\na:\n  name: {zh: 甲, en: A}\n  when: |-\n    x\n    || y # here\n\nb:\n  name: {zh: 乙, en: B}\n  when: true\n"}
	all, ok := f.StageForms()
	if !ok || len(all) != 2 {
		t.Fatalf("%+v", all)
	}
	got, err := f.SetStages([]programme.StageForm{all[1], all[0]})
	want := "# about all\n\nb:\n  name: {zh: 乙, en: B}\n  when: true\n\n# first: why\na:\n  name: {zh: 甲, en: A}\n  when: |-\n    x\n    || y # here\n"
	if err != nil || got["stages.yaml"] != want {
		t.Errorf("%v\n%s", err, got["stages.yaml"])
	}
	all[0].When = "z()"
	got, _ = f.SetStages(all)
	if again, _ := got.StageForms(); again[0].When != "z()" || !strings.Contains(got["stages.yaml"], "# first: why\na:") {
		t.Errorf("%s", got["stages.yaml"])
	}
	if _, err := f.SetStages([]programme.StageForm{all[0], all[0]}); err == nil {
		t.Error("two of one key")
	}
}

func TestChangedWordsLoseTheirApproval(t *testing.T) {
	f := filesOf(t, "hypertension")
	x, ok := f.TextForm("bp-welcome")
	if !ok {
		t.Fatal("no text")
	}
	x.Approval = programme.ApprovalForm{By: "王医生", At: "2026-03-01", Document: "MLR-1"}
	signed, err := f.SetText(x)
	if err != nil {
		t.Fatal(err)
	}
	if now, _ := signed.TextForm("bp-welcome"); now.Approval != x.Approval {
		t.Fatalf("%+v", now.Approval)
	}
	x.Version = "2"
	same, _ := signed.SetText(x)
	if now, _ := same.TextForm("bp-welcome"); now.Approval.Sample {
		t.Error("the same words lost their approval")
	}
	x.Body.En += " More."
	other, _ := signed.SetText(x)
	if now, _ := other.TextForm("bp-welcome"); !now.Approval.Sample {
		t.Error("changed words kept the approval of others")
	}
	x.Approval.At = "2026-03-02"
	again, _ := signed.SetText(x)
	if now, _ := again.TextForm("bp-welcome"); now.Approval.Sample {
		t.Error("words signed anew lost that approval")
	}
}

func TestLongSentences(t *testing.T) {
	twenty := strings.Repeat("好", 20)
	for zh, want := range map[string]int{
		twenty + "。": 0, twenty + "好。": 1, twenty + "。" + twenty + "！": 0, twenty + "，" + twenty: 1, twenty + "\n" + twenty: 0, twenty + " 120 mmHg": 0,
	} {
		if got := programme.LongSentences(zh); len(got) != want {
			t.Errorf("%s: %q", zh, got)
		}
	}
}

func TestLinesOfADifference(t *testing.T) {
	was := "a\nb\nc\nd\ne\nf\ng\nh\n"
	var got []string
	for _, l := range programme.Lines(was, "a\nB\nc\nd\ne\nf\ng\nh\ni\n") {
		got = append(got, l.Op+l.Text)
	}
	if want := "=a -b +B =c =d … =g =h +i"; strings.Join(got, " ") != want {
		t.Errorf("%s", strings.Join(got, " "))
	}
	if l := programme.Lines(was, was); len(l) != 0 {
		t.Errorf("%v of no difference", l)
	}
	if l := programme.Lines("", "x\n"); len(l) != 1 || l[0] != (programme.Line{Op: "+", Text: "x"}) {
		t.Errorf("%v", l)
	}
}
