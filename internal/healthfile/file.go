package healthfile

import (
	"cmp"
	"slices"

	"peiban/internal/event"
)

// Section is a part of the file.
type Section string

// Sections of the file.
const (
	Medicines Section = "medicines"
	Fills     Section = "fills" // medicines that were got, which is not yet taken
	Diagnoses Section = "diagnoses"
	Labs      Section = "labs"
	Imaging   Section = "imaging"
	Surgery   Section = "surgery"
	Allergies Section = "allergies"
	Targets   Section = "targets"
	Plans     Section = "plans"
	Devices   Section = "devices"
	Life      Section = "life"
	Visits    Section = "visits"
	Scores    Section = "scores"
	Reports   Section = "reports"
	Measures  Section = "measures" // what is measured or felt at home, but glucose: package reading has that
)

// sections say where an event of a type belongs. A type that is not here is not of the file.
var sections = map[event.Type]Section{
	event.Medication: Medicines, event.Glucocorticoid: Medicines,
	event.Fill:      Fills,
	event.Diagnosis: Diagnoses, event.ClinicalStage: Diagnoses, event.Pregnancy: Diagnoses, event.HypoEpisode: Diagnoses,
	event.Lab: Labs, event.HbA1c: Labs,
	event.Imaging: Imaging, event.Checkup: Imaging,
	event.Surgery: Surgery, event.Admission: Surgery,
	event.Allergy: Allergies, event.SideEffect: Allergies,
	event.TargetSet: Targets,
	event.PlanSet:   Plans, event.CarePlan: Plans, event.MealPlan: Plans, event.ExercisePlan: Plans,
	event.Device:       Devices,
	event.Circumstance: Life, event.FamilyHistory: Life, event.Height: Life, event.Goal: Life,
	event.Visit: Visits, event.DoctorTalk: Visits, event.VisitQuestion: Visits, event.Disclosure: Visits,
	event.Score: Scores, event.Concern: Scores,
	event.Report:        Reports,
	event.BloodPressure: Measures, event.Pain: Measures, event.Weight: Measures, event.Symptom: Measures,
}

// SectionOf is where events of t belong; not ok when they are not of the file.
func SectionOf(t event.Type) (Section, bool) {
	s, ok := sections[t]
	return s, ok
}

// File is what is known at a moment. Lists of entries are oldest first.
type File struct {
	At      int64
	entries map[Section][]*Entry
}

// Fold makes the file of events at now. The bodies of es are open; those hidden by others are marked so. Events of other types are
// ignored, but for corrections, which say what was taken back.
func Fold(es []event.Event, now int64) *File {
	f := &File{At: now, entries: map[Section][]*Entry{}}
	for _, e := range entries(es, now) {
		if s, ok := sections[e.Event.Type]; ok {
			f.entries[s] = append(f.entries[s], e)
		}
	}
	return f
}

// In are the entries of a section, oldest first.
func (f *File) In(s Section) []*Entry { return f.entries[s] }

// Of are the entries of some types, oldest first.
func (f *File) Of(types ...event.Type) []*Entry {
	var out []*Entry
	for _, t := range types {
		for _, e := range f.entries[sections[t]] {
			if e.Event.Type == t {
				out = append(out, e)
			}
		}
	}
	slices.SortFunc(out, compare)
	return out
}

// All are the entries of every section, newest first.
func (f *File) All() []*Entry {
	var out []*Entry
	for _, es := range f.entries {
		out = append(out, es...)
	}
	slices.SortFunc(out, func(a, b *Entry) int {
		return cmp.Or(cmp.Compare(b.Event.Occurred, a.Event.Occurred), cmp.Compare(b.Event.Seq, a.Event.Seq))
	})
	return out
}

// Find is the entry with sequence s that stands or was taken back; nil when another replaced it or there is none.
func (f *File) Find(s event.Seq) *Entry {
	for _, es := range f.entries {
		for _, e := range es {
			if e.Event.Seq == s {
				return e
			}
		}
	}
	return nil
}

// Group is entries about one thing, such as one diagnosis or one device.
type Group struct {
	Key     string
	Entries []*Entry
}

// group puts entries about the same thing together, in the order the things were first said.
func group(es []*Entry, key func(*Entry) string) []Group {
	var out []Group
	at := map[string]int{}
	for _, e := range es {
		k := key(e)
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, Group{Key: k})
		}
		out[i].Entries = append(out[i].Entries, e)
	}
	return out
}

// Diagnoses are the conditions that were stated, each with every statement about it.
func (f *File) Diagnoses() []Group {
	return group(f.Of(event.Diagnosis), func(e *Entry) string {
		if c := e.Code("condition"); c != "other" {
			return c
		}
		return "other:" + e.Text("name")
	})
}

// Stages are the clinical stages by system and side. Two systems of the same disease, such as ARCO of 1994 and of 2019, are two
// groups: nobody converts one into the other.
func (f *File) Stages() []Group {
	return group(f.Of(event.ClinicalStage), func(e *Entry) string { return e.Code("system") + " " + e.Code("side") })
}

// ReadFrom are the stages that stand and were read from images; none of images that were replaced.
func (f *File) ReadFrom(image *Entry) []*Entry {
	var out []*Entry
	key := image.Text("study")
	for _, e := range f.Of(event.ClinicalStage) {
		if key != "" && e.Stands() && e.Text("study") == key {
			out = append(out, e)
		}
	}
	return out
}

// ReadOf are the images that stand and a stage was read from; nil: none, or nobody said.
func (f *File) ReadOf(stage *Entry) *Entry {
	key := stage.Text("study")
	for _, e := range f.Of(event.Imaging) {
		if key != "" && e.Stands() && e.Text("study") == key {
			return e
		}
	}
	return nil
}

// AllergyGroups are the allergies by substance.
func (f *File) AllergyGroups() []Group {
	return group(f.Of(event.Allergy), func(e *Entry) string {
		if g := e.Code("generic"); g != "" {
			return g
		}
		return e.Code("kind") + ":" + e.Text("substance")
	})
}

// DeviceGroups are the devices by serial number.
func (f *File) DeviceGroups() []Group {
	return group(f.Of(event.Device), func(e *Entry) string { return e.Code("device") })
}

// LifeGroups are the circumstances, goals and measures of somebody's life, by what they are about.
func (f *File) LifeGroups() []Group {
	return group(f.In(Life), func(e *Entry) string {
		if e.Event.Type == event.FamilyHistory {
			return e.Event.Type.String() + " " + e.Code("relative") + " " + e.Code("condition")
		}
		return e.Event.Type.String() + " " + e.Code("kind")
	})
}

// CheckDue is when a device is to be checked, microseconds; 0: not said, or it is in use no more.
func CheckDue(g Group) int64 {
	last := Latest(g.Entries)
	if last == nil || last.Code("status") == "returned" || last.Code("status") == "lost" {
		return 0
	}
	for _, e := range slices.Backward(g.Entries) {
		if n := e.Number("checkDays"); e.Stands() && n > 0 {
			return e.Event.Occurred + int64(n*Day)
		}
	}
	return 0
}

// Day is 24 hours in microseconds.
const Day = 24 * 3600 * 1_000_000
