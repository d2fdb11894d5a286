package address_test

import (
	"testing"

	"pgregory.net/rapid"

	"peiban/internal/address"
)

func customer(through string, since int64) address.Address {
	return address.Address{Kind: address.Customer, Scope: "ww1", Value: "wmA", Through: through, Since: since}
}

func leading(b *address.Book) (out []string) {
	for _, a := range b.All() {
		if a.Leads() {
			out = append(out, a.Through)
		}
	}
	return out
}

func TestWhatIsToldLastHolds(t *testing.T) {
	tests := []struct {
		name string
		make func(*address.Book) *address.Book
		want int
	}{
		{"added", func(b *address.Book) *address.Book { return b.Learn(customer("li", 5)) }, 1},
		{"added and left", func(b *address.Book) *address.Book { return b.Learn(customer("li", 5)).Leave(customer("li", 0), 9) }, 0},
		{"left comes before added, and happened after", func(b *address.Book) *address.Book { return b.Leave(customer("li", 0), 9).Learn(customer("li", 5)) }, 0},
		{"added again", func(b *address.Book) *address.Book {
			return b.Learn(customer("li", 5)).Leave(customer("li", 0), 9).Learn(customer("li", 12))
		}, 1},
		{"added again told three times and late", func(b *address.Book) *address.Book {
			return b.Learn(customer("li", 12)).Learn(customer("li", 5)).Leave(customer("li", 0), 9).Learn(customer("li", 5))
		}, 1},
		{"at one moment", func(b *address.Book) *address.Book { return b.Learn(customer("li", 9)).Leave(customer("li", 0), 9) }, 0},
		{"of two colleagues one leaves", func(b *address.Book) *address.Book {
			return b.Learn(customer("li", 5)).Learn(customer("wang", 6)).Leave(customer("li", 0), 9)
		}, 1},
		{"a track says the same without a colleague", func(b *address.Book) *address.Book {
			return b.Learn(customer("li", 5)).Leave(customer("li", 0), 9).Learn(customer("", 20))
		}, 0},
		{"left, nobody said whom", func(b *address.Book) *address.Book {
			return b.Learn(customer("li", 5)).Learn(customer("wang", 6)).Leave(customer("", 0), 9)
		}, 0},
	}
	for _, tt := range tests {
		if got := leading(tt.make(nil)); len(got) != tt.want {
			t.Errorf("%s: leads by %q, want %d", tt.name, got, tt.want)
		}
	}
}

// What is told of one colleague may be told in any order and any number of times.
func TestTheOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type told struct {
			at   int64
			left bool
		}
		all := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) told {
			return told{rapid.Int64Range(1, 20).Draw(t, "at"), rapid.Bool().Draw(t, "left")}
		}), 1, 8, func(x told) int64 { return x.at }).Draw(t, "told")
		last := all[0]
		for _, x := range all {
			if x.at > last.at {
				last = x
			}
		}
		var b *address.Book
		for _, x := range append(rapid.Permutation(all).Draw(t, "order"), rapid.SampledFrom(all).Draw(t, "again")) {
			if x.left {
				b = b.Leave(customer("li", 0), x.at)
			} else {
				b = b.Learn(customer("li", x.at))
			}
		}
		if got := len(leading(b)) == 1; got == last.left {
			t.Fatalf("leads %v after %v", got, all)
		}
	})
}

func TestAWindowOpensAnewWithEachWord(t *testing.T) {
	a := address.Address{Kind: address.Desk, Scope: "ww1", Value: "wmA", Through: "wk1", Since: 5}
	var b *address.Book
	b = b.Hear(a, 5).Use(a).Use(a)
	if got := b.All()[0]; got.Heard != 5 || got.Used != 2 {
		t.Fatal(got)
	}
	if late := b.Hear(a, 3); late != b {
		t.Fatal("a word that comes late opens nothing")
	}
	if got := b.Hear(a, 8).All()[0]; got.Heard != 8 || got.Used != 0 {
		t.Fatal(got)
	}
	if b.All()[0].Used != 2 {
		t.Fatal("a book is never changed")
	}
}

func TestTwoBooksOfOnePersonAndBack(t *testing.T) {
	var a, b *address.Book
	a = a.Learn(customer("li", 5)).Leave(customer("li", 0), 9)
	b = b.Learn(customer("li", 12)).Learn(address.Address{Kind: address.Email, Value: "a@example.com", Since: 1})
	both := a.Join(b)
	if len(both.All()) != 2 || len(leading(both)) != 2 {
		t.Fatal(both.All())
	}
	stays, gone := both.Part(func(x address.Address) bool { return x.Kind == address.Email })
	if len(stays.All()) != 1 || len(gone.All()) != 1 {
		t.Fatal(stays, gone)
	}
	if stays, gone := both.Part(func(address.Address) bool { return false }); stays != both || gone != nil {
		t.Fatal("nothing goes")
	}
}

func TestABookHasAnEnd(t *testing.T) {
	var b *address.Book
	for i := range 100 {
		b = b.Learn(address.Address{Kind: address.OpenID, Scope: "wx1", Value: string(rune('a' + i)), Since: int64(i)})
	}
	if n := len(b.All()); n != 40 || b.All()[39].Value != string(rune('a'+99)) {
		t.Fatal(n)
	}
}

func TestMailThatCanBeWrittenTo(t *testing.T) {
	for s, want := range map[string]bool{
		"a@example.com": true, "": false, "a": false, "A <a@example.com>": false, "a@example.com\r\nBcc: b@example.com": false, "a@b@c": false, "a@example.com,b@example.com": false,
	} {
		if address.IsEmail(s) != want {
			t.Errorf("%q: want %v", s, want)
		}
	}
}
