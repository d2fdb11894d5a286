package engine

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

// filled sets everything a stored value has to something that is not its zero.
func filled(v reflect.Value, n *int64) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Tag.Get("json") != "-" {
				filled(v.Field(i), n)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			filled(v.Index(i), n)
		}
	case reflect.String:
		v.SetString("code_" + string(rune('a'+*n%26)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(float64(*n) * 1e12)
	case reflect.Uint32, reflect.Uint64:
		v.SetUint(uint64(*n) << 20)
	default:
		v.SetInt(*n)
	}
}

// TestAStateComesBack stores a state in which nothing is empty and reads it again, also from the JSON it was stored as before.
func TestAStateComesBack(t *testing.T) {
	var s State
	n := int64(1_795_416_739_274_736)
	filled(reflect.ValueOf(&s).Elem(), &n)
	stored, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	old, err := json.Marshal(&s)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"as it is stored": stored, "as it was stored": old} {
		got, err := Decode(b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !reflect.DeepEqual(*got, s) {
			t.Errorf("%s\ngot  %+v\nwant %+v", name, *got, s)
		}
		again, err := got.Encode()
		if err != nil || !bytes.Equal(again, stored) {
			t.Errorf("%s: encoded again it is other bytes (%v)", name, err)
		}
	}
	if len(stored) > len(old)*6/10 {
		t.Errorf("stored in %d bytes, as JSON in %d: a field without a number?", len(stored), len(old))
	}
	for _, b := range [][]byte{[]byte("{"), stored[:len(stored)/2], {0xff}, []byte("nothing")} {
		if _, err := Decode(b); err == nil {
			t.Errorf("%q was read", b)
		}
	}
}

// TestFieldsOfAStateHaveNumbersOfTheirOwn holds every field that is stored to a number nobody else in its struct has.
func TestFieldsOfAStateHaveNumbersOfTheirOwn(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var look func(reflect.Type)
	look = func(ty reflect.Type) {
		switch {
		case ty.Kind() == reflect.Slice:
			look(ty.Elem())
		case ty.Kind() == reflect.Struct && !seen[ty]:
			seen[ty] = true
			of := map[string]string{}
			for i := range ty.NumField() {
				f := ty.Field(i)
				tag, _, keyed := bytes.Cut([]byte(f.Tag.Get("cbor")), []byte(",keyasint"))
				switch {
				case f.Tag.Get("json") == "-" && f.Tag.Get("cbor") == "-":
				case !keyed:
					t.Errorf("%s.%s has no number", ty, f.Name)
				case of[string(tag)] != "":
					t.Errorf("%s: %s and %s are both %s", ty, of[string(tag)], f.Name, tag)
				default:
					of[string(tag)] = f.Name
					look(f.Type)
				}
			}
		}
	}
	look(reflect.TypeFor[State]())
	if len(seen) < 7 {
		t.Errorf("looked at %d types only", len(seen))
	}
}
