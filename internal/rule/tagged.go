package rule

import (
	"slices"

	"github.com/google/cel-go/common/ast"

	"peiban/internal/event"
)

// What rules read of a tag beside whether the person has it: its number, and which of its codes.

// tagValue compiles the number of a tag in the place where it is read, as if its expression stood there: so the rule looks
// at the same events and turns at the same moments. It is unknown while the tag is.
func (k *compiler) tagValue(key string, arg ast.Expr) *value {
	src, ok := k.env.opt.Values[key]
	if !ok {
		k.refuse(arg, withoutNumber(key, k.env.opt.Tags, k.env.opt.Values))
		return fixedNum(0)
	}
	id := k.env.tags[key]
	k.deps.onTag(id)
	if slices.Contains(k.numbers, key) {
		return fixedNum(0) // a circle: both tags depend on each other, which the programme refuses by their names
	}
	v := k.elsewhere(src, key)
	return &value{shape: isNum, sway: v.sway, num: func(c *Ctx, b bound) (float64, int64) {
		if c.Tag == nil || c.Tag(id) == Unknown {
			return unknownNum, Never // the tag has those who read it asked again
		}
		return v.num(c, b)
	}}
}

// elsewhere compiles an expression written in another place. A mistake in it is reported there.
func (k *compiler) elsewhere(src, key string) *value {
	if k.walks++; k.walks > maxWalks {
		return fixedNum(0) // numbers that read numbers grow by doubling; Compile refuses
	}
	inner := newSource(src)
	tree, ps := inner.parse(k.env)
	if ps != nil {
		return fixedNum(0)
	}
	outer := *k
	k.src, k.tree, k.inside, k.numbers = inner, tree, "", append(slices.Clone(k.numbers), key)
	v := k.value(tree.Expr())
	k.src, k.tree, k.inside, k.numbers = outer.src, outer.tree, outer.inside, outer.numbers
	k.problems = outer.problems
	if v.shape != isNum {
		return fixedNum(0)
	}
	return v
}

// tagCode compiles the code a person has of a tag: the one whose own tag they have.
func (k *compiler) tagCode(key string, arg ast.Expr) *value {
	codes, ok := k.env.opt.Coded[key]
	if !ok {
		k.refuse(arg, withoutCodes(key, k.env.opt.Tags, k.env.opt.Coded))
		return fixedSym("")
	}
	whole := k.env.tags[key]
	k.deps.onTag(whole)
	ids, syms := make([]int, len(codes)), make([]event.Symbol, len(codes))
	for i, c := range codes {
		ids[i], syms[i] = k.env.tags[CodeKey(key, c)], event.Intern(c)
		k.deps.onTag(ids[i])
	}
	return &value{shape: isSym, codes: append(slices.Clone(codes), ""), sway: steady, sym: func(c *Ctx) (event.Symbol, int64) {
		if c.Tag == nil {
			return noSymbol, Never
		}
		for i, id := range ids {
			if c.Tag(id) == True {
				return syms[i], Never
			}
		}
		if c.Tag(whole) == Unknown {
			return noSymbol, Never
		}
		return 0, Never
	}}
}

// CodeKey is the key of the tag of those who have one code of a tag.
func CodeKey(tag, code string) string { return tag + "." + code }
