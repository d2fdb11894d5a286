package fhir

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
)

// System is the name space of peiban's own codes and identifiers.
const System = "urn:peiban"

// Key names a resource everywhere: whose numbering its id is of, its type and its id.
type Key struct {
	Scope string // base address of the server it comes from, or what the import says; empty: not said
	Type  string
	ID    string
}

// Name is the type and the id: Patient/123.
func (k Key) Name() string { return k.Type + "/" + k.ID }

// KeyOf names the resource of an entry. scope is used where the file gives no address of a server. A resource without an id is named
// by its full URL, or else by what it says: said again it is known, changed it is another.
func KeyOf(e *Entry, scope string) Key {
	k := Key{Scope: scope, Type: e.Type(), ID: text(e.Resource, "id")}
	if base, _, id, ok := split(e.FullURL); ok && base != "" {
		k.Scope = base
		if k.ID == "" {
			k.ID = id
		}
	}
	if k.ID == "" && e.FullURL != "" {
		k.ID = e.FullURL
	}
	if k.ID == "" {
		k.ID = Digest(e.Resource)
	}
	return k
}

// Canonical is a resource as it is kept: its members in a fixed order, numbers as they were written.
func Canonical(r map[string]any) []byte {
	b, _ := json.Marshal(r) // what was decoded can be encoded
	return b
}

// Digest tells whether a resource changed: the version is in it where the resource has one.
func Digest(r map[string]any) string {
	sum := DigestOf(r)
	return hex.EncodeToString(sum[:])
}

// DigestOf is Digest as bytes.
func DigestOf(r map[string]any) [16]byte {
	sum := sha256.Sum256(Canonical(r))
	return [16]byte(sum[:16])
}

// split takes an address of a resource apart: its server (empty: relative), type and id. A version is left out.
func split(ref string) (base, resourceType, id string, ok bool) {
	ref, _, _ = strings.Cut(ref, "/_history/")
	parts := strings.Split(ref, "/")
	n := len(parts)
	if n < 2 || !Known(parts[n-2]) || parts[n-1] == "" || strings.Contains(parts[n-1], "?") {
		return "", "", "", false
	}
	return strings.Join(parts[:n-2], "/"), parts[n-2], parts[n-1], true
}

// Index finds the resources that others of the same file refer to.
type Index struct {
	scope string
	byURL map[string]Key
	kept  map[Key]map[string]any
}

// indexed are the types others name by a full URL: whom something is about, and which medicine it is. Only of medicines the content
// is needed, and kept: a file may hold any number of people.
var indexed = map[string]bool{"Patient": false, "Medication": true}

// NewIndex makes an index of a file whose resources are numbered by scope where it does not say.
func NewIndex(scope string) *Index {
	return &Index{scope: scope, byURL: map[string]Key{}, kept: map[Key]map[string]any{}}
}

// Add notes one resource.
func (x *Index) Add(e *Entry) {
	content, named := indexed[e.Type()]
	if len(e.Wrong) > 0 || !named {
		return
	}
	k := KeyOf(e, x.scope)
	if strings.HasPrefix(e.FullURL, "urn:") { // others say themselves what they name
		x.byURL[e.FullURL] = k
	}
	if content {
		x.kept[k] = e.Resource
	}
}

// Target is what a reference leads to. Of a person only the key is known.
type Target struct {
	Key      Key
	Known    bool           // Key is set: the reference names a resource, whether or not the file holds it
	Resource map[string]any // nil: the file does not hold it
	Named    [][2]string    // identifiers, as system and value, that the reference itself gives
}

// Follow leads one step, to what a reference names; it never goes on from there, so references in a circle end here. from is the
// entry the reference stands in.
func (x *Index) Follow(ref map[string]any, from *Entry) Target {
	var t Target
	if id := object(ref, "identifier"); id != nil && text(id, "value") != "" {
		t.Named = append(t.Named, [2]string{text(id, "system"), text(id, "value")})
	}
	to := text(ref, "reference")
	if own, ok := strings.CutPrefix(to, "#"); ok {
		for _, r := range objects(from.Resource, "contained") {
			if text(r, "id") == own && own != "" {
				t.Resource = r
			}
		}
		return t
	}
	if k, ok := x.byURL[to]; ok {
		return x.found(t, k)
	}
	if kind, query, ok := strings.Cut(to, "?"); ok && Known(kind) { // a conditional reference: Patient?identifier=system|value
		if q, err := url.ParseQuery(query); err == nil {
			if system, value, ok := strings.Cut(q.Get("identifier"), "|"); ok && value != "" {
				t.Key.Type = kind
				t.Named = append(t.Named, [2]string{system, value})
			}
		}
		return t
	}
	base, kind, id, ok := split(to)
	if !ok {
		return t
	}
	k := Key{Scope: base, Type: kind, ID: id}
	if base == "" {
		if k.Scope = x.scope; from != nil {
			if b, _, _, ok := split(from.FullURL); ok && b != "" {
				k.Scope = b
			}
		}
	}
	return x.found(t, k)
}

func (x *Index) found(t Target, k Key) Target {
	t.Key, t.Known, t.Resource = k, true, x.kept[k]
	return t
}

// Identifiers are what a patient is known by, as system and value, without those that name nobody.
func Identifiers(r map[string]any) (out [][2]string) {
	for _, id := range objects(r, "identifier") {
		system, value := text(id, "system"), strings.TrimSpace(text(id, "value"))
		if system != "" && text(id, "use") != "old" && !blank(value) {
			out = append(out, [2]string{system, value})
		}
	}
	return out
}

// blank reports whether an identifier is what systems write where they have none.
func blank(v string) bool {
	switch strings.ToLower(v) {
	case "", "-1", "null", "none", "nil", "n/a", "na", "unknown", "undefined", "不详", "无":
		return true
	}
	return strings.Count(v, v[:1]) == len(v) && len(v) > 1 || v == "0"
}
