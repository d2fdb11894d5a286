package storetest

import (
	"testing"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/product"
	"peiban/internal/store"
)

func products(_ *testing.T, f *fixture) {
	strips := product.Product{ID: "strips-50", NameZh: "试纸", Kind: "strips", Units: 50, SKUs: []product.SKU{{Code: "GX50"}}}
	f.must(f.s.SaveProducts(ctx, f.w, []product.Product{strips}, 7, "staff:1"))
	f.is(f.s.SaveProducts(ctx, f.w, []product.Product{strips}, 8, "staff:1"), store.ErrProductChanged)
	taken := product.Product{ID: "another", NameZh: "别的", Kind: "other", SKUs: []product.SKU{{Code: "gx50"}}}
	f.is(f.s.SaveProducts(ctx, f.w, []product.Product{taken}, 8, "staff:1"), product.ErrTaken)
	f.must(f.s.SaveProductSetting(ctx, f.w, product.Setting{PerDay: map[string]float64{"strips": 2}}, 9, "staff:1"))
	c, err := f.s.Products(ctx, f.w)
	f.must(err)
	strips.Revision, strips.At, strips.Actor = 1, 7, "staff:1"
	same(f, "products", c.Products, []product.Product{strips})
	same(f, "setting", c.Setting.PerDay["strips"], 2.0)
	same(f, "revision", c.Revision, int64(2))
	strips.Retired = true
	f.must(f.s.SaveProducts(ctx, f.w, []product.Product{strips}, 10, "staff:2"))
	f.commit(f.w, func(tx *store.Tx, _ *conductor.Changes) {
		next, err := tx.Catalogue(ctx, c)
		f.must(err)
		same(f, "another revision", next.Products[0].Retired, true)
		again, err := tx.Catalogue(ctx, next)
		f.must(err)
		same(f, "the one that is known", again == next, true)
	})
	elsewhere, err := f.s.Products(ctx, f.workspace("01JTESTELSEWHERE0000000000"))
	f.must(err)
	same(f, "another workspace", len(elsewhere.Products), 0)
}

func productQuestions(_ *testing.T, f *fixture) {
	p := f.add(f.w, 1)[0]
	swabs, gloves := product.Line{Shop: "jd", Title: "棉片"}, product.Line{Shop: "jd", Title: "手套"}
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		for i, l := range []product.Line{gloves, swabs, {Shop: "JD", Title: "棉片 "}} {
			c.Lines = append(c.Lines, conductor.SoldLine{Seq: event.Seq(100 + i), Person: p.Number, At: int64(10 + i), Line: l})
		}
	})
	list, err := f.s.ProductQuestions(ctx, f.w, product.Open)
	f.must(err)
	same(f, "asked", len(list), 2)
	same(f, "the most frequent first", [4]any{list[0].Line, list[0].Orders, list[0].First, list[0].Last}, [4]any{swabs, 2, int64(11), int64(12)})
	lines, err := f.s.ProductLines(ctx, f.w, swabs.Hash(), "strips", 0, 1)
	f.must(err)
	same(f, "the oldest first", lines, []conductor.SoldLine{{Seq: 101, Person: p.Number}})
	f.must(f.s.DecideProductQuestion(ctx, f.w, gloves.Hash(), product.Ignored, "staff:1", 20))
	f.is(f.s.DecideProductQuestion(ctx, f.w, hash(5), product.Ignored, "staff:1", 20), store.ErrNoQuestion)
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.LinesDone = append(c.LinesDone, conductor.SoldLine{Seq: 101, Person: p.Number}, conductor.SoldLine{Seq: 102, Person: p.Number})
	})
	list, err = f.s.ProductQuestions(ctx, f.w, product.Open)
	f.must(err)
	same(f, "none left", len(list), 0)
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.Lines = append(c.Lines, conductor.SoldLine{Seq: 104, Person: p.Number, Line: swabs, By: product.Filled{Product: "a", What: 3}})
	})
	list, err = f.s.ProductQuestions(ctx, f.w, product.Answered)
	f.must(err)
	same(f, "answered", [3]any{len(list), list[0].Line, list[0].Orders}, [3]any{1, swabs, 1})
	list, err = f.s.ProductQuestions(ctx, f.w, product.Open)
	f.must(err)
	same(f, "and not open", len(list), 0)
	groups, err := f.s.ProductGroups(ctx, f.w)
	f.must(err)
	same(f, "by product", groups, []conductor.SoldGroup{{Hash: gloves.Hash(), Line: gloves}, {Hash: swabs.Hash(), Line: swabs, Product: "a"}})
	lines, err = f.s.ProductLines(ctx, f.w, swabs.Hash(), "b", 0, 9)
	f.must(err)
	same(f, "with what it got", lines, []conductor.SoldLine{{Seq: 104, Person: p.Number, By: product.Filled{Product: "a", What: 3}}})
	lines, err = f.s.ProductLines(ctx, f.w, swabs.Hash(), "a", 0, 9)
	f.must(err)
	same(f, "of the right product", len(lines), 0)
	known, err := f.s.Products(ctx, f.w)
	f.must(err)
	same(f, "what was asked", [3]bool{known.Asked[swabs.Hash()], known.Asked[gloves.Hash()], known.Asked[hash(7)]}, [3]bool{true, true, false})
	f.must(f.s.Erase(ctx, f.w, p.Number, 30))
	list, err = f.s.ProductQuestions(ctx, f.w, product.Ignored)
	f.must(err)
	same(f, "nothing of an erased person waits", len(list), 0)
}
