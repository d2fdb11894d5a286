// Package product is about what shops sell to people: which product an order's line is, and how long it lasts.
//
// A catalogue is a pure table. The same line finds the same product in the same catalogue: by its code of the shop, else by its
// barcode, else by words of its title.
package product

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"peiban/internal/event"
	"peiban/internal/fault"
)

// Kinds are what a product may be.
var Kinds = event.ProductKinds

// Strips is the kind whose boxes hold pieces that are used up one by one.
const Strips = "strips"

// Medicine is the kind that fills are of.
const Medicine = "medicine"

// SKU is a product's code in a shop.
type SKU struct {
	Shop string `json:"shop,omitempty" maxLength:"60" doc:"empty: in every shop"`
	Code string `json:"code" minLength:"1" maxLength:"120"`
}

// Product is one thing sold. A retired one is still found for what was sold of it.
type Product struct {
	ID       string   `json:"id"`
	NameZh   string   `json:"nameZh"`
	NameEn   string   `json:"nameEn,omitempty"`
	Kind     string   `json:"kind"`
	SKUs     []SKU    `json:"skus,omitempty"`
	Barcodes []string `json:"barcodes,omitempty"`
	Titles   []string `json:"titles,omitempty"`  // patterns: every word of one must occur in the title
	Units    float64  `json:"units,omitempty"`   // pieces in a box: strips, lancets, tablets
	PerDay   float64  `json:"perDay,omitempty"`  // pieces used a day, 1/d; 0: as set for the kind
	Days     float64  `json:"days,omitempty"`    // a box lasts, d; 0: follows from the pieces
	Generic  string   `json:"generic,omitempty"` // of a medicine, key of the catalogue of medicines
	Retired  bool     `json:"retired,omitempty"`

	Revision int64  `json:"-"` // of the catalogue, when this was written last
	At       int64  `json:"-"` // microseconds
	Actor    string `json:"-"`
}

// Setting is what holds where a product says nothing.
type Setting struct {
	PerDay map[string]float64 `json:"perDay"` // pieces used a day by kind, 1/d
}

// Line is what an order says it sold.
type Line struct {
	Shop    string
	Product string // as the sender named it: an id, a code or a title
	SKU     string
	Barcode string
	Title   string
}

// Named tells whether the line names anything.
func (l *Line) Named() bool {
	return l.Product != "" || l.SKU != "" || l.Barcode != "" || l.Title != ""
}

// Limits of a product.
const (
	MostNames = 200 // SKUs, barcodes or patterns
	longName  = 120
	longTitle = 200
	mostUnits = 100_000
	mostDays  = 4000
)

var (
	// ErrName, and the others, say what is wrong with a product and how to mend it.
	ErrName    = fault.New(fault.Invalid, "product_name", "商品要有中文名，一行，最多 120 字", "a product has a Chinese name of one line, 120 characters at most").At("nameZh")
	ErrID      = fault.New(fault.Invalid, "product_id", "编号只用小写字母、数字和连字符，1 到 60 个", "an id is 1 to 60 lower-case letters, digits and hyphens").At("id")
	ErrKind    = fault.New(fault.Invalid, "product_kind", "没有这种商品类别", "there is no such kind of product").At("kind")
	ErrNumber  = fault.New(fault.Invalid, "product_number", "数字超出范围", "the number is out of range")
	ErrNames   = fault.New(fault.Invalid, "product_names", "这里最多 200 个，每个一行", "at most 200 here, each one line")
	ErrTitle   = fault.New(fault.Invalid, "product_title", "标题里的词太少，会认错别的商品", "too few words: other products would be taken for this one").At("titles").Because("至少写两个字", "write two characters at least")
	ErrGeneric = fault.New(fault.Invalid, "product_generic", "只有药品写通用名", "only a medicine has a generic name").At("generic")
	ErrTaken   = fault.New(fault.Clash, "product_name_taken", "这个编码、条码或标题已属于另一个商品", "this code, barcode or title belongs to another product").
			Because("先从那个商品里去掉，或改那个商品", "take it from the other product first, or change that one")
)

// Check says what is wrong with p, after bringing its names into order.
func (p *Product) Check() *fault.Fault {
	p.NameZh, p.NameEn = strings.TrimSpace(p.NameZh), strings.TrimSpace(p.NameEn)
	switch {
	case !sound(p.ID):
		return ErrID
	case !line(p.NameZh, longName) || p.NameZh == "":
		return ErrName
	case !line(p.NameEn, longName):
		return ErrName.At("nameEn")
	case !slices.Contains(Kinds, p.Kind):
		return ErrKind.Because("可用："+strings.Join(Kinds, ", "), "one of: "+strings.Join(Kinds, ", "))
	case !(p.Units >= 0 && p.Units <= mostUnits):
		return ErrNumber.At("units").Because("每盒 0 到 100000", "0 to 100000 in a box")
	case !(p.PerDay >= 0 && p.PerDay <= 1000):
		return ErrNumber.At("perDay").Because("每天 0 到 1000", "0 to 1000 a day")
	case !(p.Days >= 0 && p.Days <= mostDays):
		return ErrNumber.At("days").Because("每盒 0 到 4000 天", "a box lasts 0 to 4000 days")
	case p.Generic != "" && p.Kind != "medicine":
		return ErrGeneric
	case len(p.SKUs) > MostNames:
		return ErrNames.At("skus")
	}
	for i := range p.SKUs {
		k := &p.SKUs[i]
		k.Shop, k.Code = strings.TrimSpace(k.Shop), strings.TrimSpace(k.Code)
		if k.Code == "" || !line(k.Code, longName) || !line(k.Shop, longName) {
			return ErrNames.At("skus")
		}
	}
	for _, list := range []struct {
		of   *[]string
		long int
		at   string
	}{{&p.Barcodes, longName, "barcodes"}, {&p.Titles, longTitle, "titles"}} {
		var kept []string
		for _, s := range *list.of {
			if s = strings.TrimSpace(s); s == "" || slices.Contains(kept, s) {
				continue
			}
			if !line(s, list.long) {
				return ErrNames.At("%s", list.at)
			}
			kept = append(kept, s)
		}
		if *list.of = kept; len(kept) > MostNames {
			return ErrNames.At("%s", list.at)
		}
	}
	for _, t := range p.Titles {
		if utf8.RuneCountInString(strings.ReplaceAll(Fold(t), " ", "")) < 2 {
			return ErrTitle
		}
	}
	return nil
}

func sound(id string) bool {
	if id == "" || len(id) > 60 {
		return false
	}
	for _, r := range id {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}

func line(s string, long int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= long && !strings.ContainsFunc(s, unicode.IsControl)
}

// Fold is a text as two of them are compared: half-width, in lower case, with single spaces.
func Fold(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(width.Narrow.String(s))), " ")
}

// Catalogue finds products. It is not changed once it is made.
type Catalogue struct {
	Revision int64
	Products []Product // by id
	Setting  Setting
	Asked    map[[16]byte]bool // lines staff were asked about: what these get is remembered, so that a wrong answer can be mended; nil: none

	byID, bySKU, byBarcode map[string]int
	patterns               []pattern // the longest first, so that the more exact one is taken
	twice                  []twice
}

// twice is a name that two products have.
type twice struct {
	field string
	a, b  int
}

type pattern struct {
	words  []string
	length int
	of     int
}

// New makes a catalogue. Of two products with the same name the first by id has it; Clash tells of that.
func New(revision int64, ps []Product, set Setting) *Catalogue {
	c := &Catalogue{Revision: revision, Products: slices.Clone(ps), Setting: set, byID: map[string]int{}, bySKU: map[string]int{}, byBarcode: map[string]int{}}
	slices.SortFunc(c.Products, func(a, b Product) int { return strings.Compare(a.ID, b.ID) })
	titles := map[string]int{}
	put := func(field string, m map[string]int, k string, i int) {
		if other, taken := m[k]; !taken {
			m[k] = i
		} else if other != i {
			c.twice = append(c.twice, twice{field, other, i})
		}
	}
	for i := range c.Products {
		p := &c.Products[i]
		c.byID[p.ID] = i
		for _, k := range p.SKUs {
			put("skus", c.bySKU, skuKey(k.Shop, k.Code), i)
		}
		for _, b := range p.Barcodes {
			put("barcodes", c.byBarcode, Fold(b), i)
		}
		for _, t := range p.Titles {
			folded := Fold(t)
			put("titles", titles, folded, i)
			c.patterns = append(c.patterns, pattern{strings.Fields(folded), utf8.RuneCountInString(folded), i})
		}
	}
	slices.SortStableFunc(c.patterns, func(a, b pattern) int {
		return cmp.Or(cmp.Compare(b.length, a.length), strings.Compare(strings.Join(a.words, " "), strings.Join(b.words, " ")), cmp.Compare(a.of, b.of))
	})
	return c
}

func skuKey(shop, code string) string { return Fold(shop) + "\x00" + Fold(code) }

// ByID finds a product by its id.
func (c *Catalogue) ByID(id string) (*Product, bool) {
	i, ok := c.byID[id]
	if !ok {
		return nil, false
	}
	return &c.Products[i], true
}

// Clash says that a product has a name another one of the catalogue has too.
func (c *Catalogue) Clash(id string) *fault.Fault {
	for _, t := range c.twice {
		if c.Products[t.a].ID == id || c.Products[t.b].ID == id {
			return ErrTaken.At("%s", t.field)
		}
	}
	return nil
}

// Resolve finds what a line sold: by id, by the shop's code, by the code in every shop, by barcode, by the longest pattern of a title.
func (c *Catalogue) Resolve(l Line) (*Product, bool) {
	if p, ok := c.ByID(l.Product); ok {
		return p, true
	}
	for _, code := range []string{l.SKU, l.Product} {
		if code == "" {
			continue
		}
		for _, shop := range []string{l.Shop, ""} {
			if i, ok := c.bySKU[skuKey(shop, code)]; ok {
				return &c.Products[i], true
			}
		}
	}
	for _, code := range []string{l.Barcode, l.SKU, l.Product} {
		if i, ok := c.byBarcode[Fold(code)]; ok && code != "" {
			return &c.Products[i], true
		}
	}
	title := l.Title
	if title == "" {
		title = l.Product
	}
	if title = Fold(title); title == "" {
		return nil, false
	}
	for _, x := range c.patterns {
		if !slices.ContainsFunc(x.words, func(w string) bool { return !strings.Contains(title, w) }) {
			return &c.Products[x.of], true
		}
	}
	return nil, false
}

// Supply is how many pieces so many boxes hold, and how many whole days they last; NaN for what is not known.
func (c *Catalogue) Supply(p *Product, boxes float64) (pieces, days float64) {
	pieces, days = math.NaN(), math.NaN()
	if !(boxes > 0) {
		return pieces, days
	}
	if p.Units > 0 {
		pieces = boxes * p.Units
	}
	perDay := p.PerDay
	if perDay == 0 {
		perDay = c.Setting.PerDay[p.Kind]
	}
	switch {
	case p.Days > 0:
		days = boxes * p.Days
	case p.Units > 0 && perDay > 0:
		days = boxes * p.Units / perDay
	}
	if days = math.Floor(min(days, mostDays) + 1e-9); !(days >= 1) {
		days = math.NaN()
	}
	return pieces, days
}

// Question is a line nobody's product was found for, and how many orders wait for the answer.
type Question struct {
	Hash    [16]byte
	Line    Line
	Orders  int
	First   int64 // microseconds
	Last    int64
	State   string // open, ignored
	Actor   string
	Decided int64
}

// What became of a question. Of an answered one no order waits.
const (
	Open    = "open"
	Ignored = "ignored"

	Answered = "answered" // asked for, not stored: questions whose orders have a product
)
