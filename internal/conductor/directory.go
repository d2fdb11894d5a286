package conductor

import (
	"encoding/json"
	"strings"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/mozillazg/go-pinyin"

	"peiban/internal/address"
	"peiban/internal/person"
)

// Profile is what a person said about themselves. It is decrypted in memory only.
type Profile struct {
	Name      string `json:"name,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Gender    string `json:"gender,omitempty"`
	BirthYear int    `json:"birthYear,omitempty"`
	Language  string `json:"language,omitempty"`
	Unit      string `json:"unit,omitempty"` // of glucose, as the person wants to read it
	Zone      string `json:"zone,omitempty"`
	Elder     bool   `json:"elder,omitempty"`

	Addresses *address.Book `json:"addresses,omitempty"` // replaced, never changed
}

// Last4 is the end of the phone number, what two people of one name are told apart by.
func (p Profile) Last4() string {
	if len(p.Phone) < 4 {
		return ""
	}
	return p.Phone[len(p.Phone)-4:]
}

// Card is a person as lists show them.
type Card struct {
	person.Person
	Profile
	Erased bool // the key is gone; only numbers and codes are left
}

// Directory is who is here: cards by number and id, and the search over names. It is built in memory and never
// written.
type Directory struct {
	mu    sync.RWMutex
	cards []*Card // by number
	words []string
	byID  map[person.ID]person.Number
	here  *roaring.Bitmap        // who is somebody: neither merged nor erased
	own   map[person.Number]Card // of who has members: the card without what members say
}

func newDirectory() *Directory {
	return &Directory{byID: map[person.ID]person.Number{}, here: roaring.New()}
}

// ByID finds who an id is now; ok is false for an id that is not of this workspace. A merged person's old id finds who they are.
func (d *Directory) ByID(id person.ID) (Card, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if n, ok := d.byID[id]; ok {
		return d.whole(n)
	}
	return Card{}, false
}

// ByNumber finds who an inside number is now.
func (d *Directory) ByNumber(n person.Number) (Card, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.whole(n)
}

// whole is the card of who n is merged into, or else of n. The caller holds mu.
func (d *Directory) whole(n person.Number) (Card, bool) {
	for int(n) < len(d.cards) && d.cards[n] != nil {
		if d.cards[n].Root == 0 {
			return *d.cards[n], true
		}
		n = d.cards[n].Root
	}
	return Card{}, false
}

// Record finds the card of one record as it is shown, whoever it is merged into.
func (d *Directory) Record(n person.Number) (Card, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if int(n) < len(d.cards) && d.cards[n] != nil {
		return *d.cards[n], true
	}
	return Card{}, false
}

// RecordByID is Record by the outside id.
func (d *Directory) RecordByID(id person.ID) (Card, bool) {
	d.mu.RLock()
	n, ok := d.byID[id]
	d.mu.RUnlock()
	if !ok {
		return Card{}, false
	}
	return d.Record(n)
}

// Own finds the card of one record as it was said of that record alone.
func (d *Directory) Own(n person.Number) (Card, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if c, ok := d.own[n]; ok {
		return c, true
	}
	if int(n) < len(d.cards) && d.cards[n] != nil {
		return *d.cards[n], true
	}
	return Card{}, false
}

func (d *Directory) keepOwn(c Card) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.own == nil {
		d.own = map[person.Number]Card{}
	}
	d.own[c.Number] = c
}

func (d *Directory) forgetOwn(n person.Number) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.own, n)
}

// Len is how many people there are.
func (d *Directory) Len() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.byID)
}

// All is everybody, as a set.
func (d *Directory) All() *roaring.Bitmap {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.here.Clone() // followed card by card: of a million people it is asked for with every page of figures
}

// Search finds people by a part of the name in characters, in pinyin or its initials, or by the last four digits
// of the phone. An empty text finds everybody.
func (d *Directory) Search(text string) *roaring.Bitmap {
	text = strings.ToLower(strings.Join(strings.Fields(text), ""))
	if text == "" {
		return d.All()
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	b := roaring.New()
	for n, w := range d.words {
		if w != "" && strings.Contains(w, text) && d.cards[n].Root == 0 {
			b.Add(uint32(n))
		}
	}
	return b
}

func (d *Directory) put(c Card) {
	words := searchable(c.Profile)
	d.mu.Lock()
	defer d.mu.Unlock()
	n := int(c.Number)
	for len(d.cards) <= n {
		d.cards = append(d.cards, nil)
		d.words = append(d.words, "")
	}
	d.cards[n] = &c
	d.words[n] = words
	if c.Root == 0 && !c.Erased {
		d.here.Add(uint32(n))
	} else {
		d.here.Remove(uint32(n))
	}
	d.byID[c.ID] = c.Number
}

// searchable is a name in the forms it is looked for by.
func searchable(p Profile) string {
	name := strings.ToLower(strings.Join(strings.Fields(p.Name), ""))
	full, first := pinyinOf(p.Name)
	return name + "\x00" + full + "\x00" + first + "\x00" + p.Last4()
}

// surnames are read differently as surnames than elsewhere.
var surnames = map[rune]string{'单': "shan", '解': "xie", '曾': "zeng", '仇': "qiu", '区': "ou", '查': "zha", '任': "ren", '朴': "piao", '覃': "qin", '翟': "zhai", '盖': "ge", '尉': "yu"}

func pinyinOf(name string) (full, first string) {
	var f, i strings.Builder
	for k, r := range []rune(name) {
		s := ""
		if k == 0 {
			s = surnames[r]
		}
		if s == "" {
			s = readings.of(r)
		}
		if s != "" {
			f.WriteString(s)
			i.WriteByte(s[0])
		}
	}
	return f.String(), i.String()
}

// readings remembers how characters are read: names are made of few, and looking one up makes a dozen strings.
var readings syllables

type syllables struct{ known sync.Map } // of a rune, its syllable

func (s *syllables) of(r rune) string {
	if v, ok := s.known.Load(r); ok {
		return v.(string)
	}
	said := ""
	if p := pinyin.SinglePinyin(r, pinyin.NewArgs()); len(p) > 0 {
		said = p[0]
		s.known.Store(r, said) // others are not kept: anybody may write anything into a name
	}
	return said
}

func decodeProfile(b []byte) Profile {
	var p Profile
	_ = json.Unmarshal(b, &p) // an unreadable profile is an empty one: the person was erased
	return p
}
