package product

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"peiban/internal/fault"
	"peiban/internal/sheet"
)

// Column is a column of a table of products, in the order of a file.
type Column struct {
	Key    string
	Header fault.Text
	Value  func(p *Product) string
	set    func(p *Product, v string) *fault.Fault
}

func number(key string, at func(p *Product) *float64) (func(*Product) string, func(*Product, string) *fault.Fault) {
	return func(p *Product) string {
			if *at(p) == 0 {
				return ""
			}
			return strconv.FormatFloat(*at(p), 'f', -1, 64)
		}, func(p *Product, v string) *fault.Fault {
			n, err := strconv.ParseFloat(v, 64)
			if err != nil {
				return ErrNumber.At("%s", key).Because("写一个数字，不写单位", "write a number without a unit")
			}
			*at(p) = n
			return nil
		}
}

func words(at func(p *Product) *[]string) (func(*Product) string, func(*Product, string) *fault.Fault) {
	return func(p *Product) string { return strings.Join(*at(p), "; ") }, func(p *Product, v string) *fault.Fault {
		*at(p) = parts(v)
		return nil
	}
}

func plain(at func(p *Product) *string) (func(*Product) string, func(*Product, string) *fault.Fault) {
	return func(p *Product) string { return *at(p) }, func(p *Product, v string) *fault.Fault { *at(p) = v; return nil }
}

// Columns are what a file of products has. Several names in one cell are separated by semicolons.
var Columns = func() []Column {
	of := func(key, zh, en string, value func(*Product) string, set func(*Product, string) *fault.Fault) Column {
		return Column{key, fault.Text{Zh: zh, En: en}, value, set}
	}
	idV, idS := plain(func(p *Product) *string { return &p.ID })
	zhV, zhS := plain(func(p *Product) *string { return &p.NameZh })
	enV, enS := plain(func(p *Product) *string { return &p.NameEn })
	kindV := func(p *Product) string { return p.Kind }
	genericV, genericS := plain(func(p *Product) *string { return &p.Generic })
	barV, barS := words(func(p *Product) *[]string { return &p.Barcodes })
	titleV, titleS := words(func(p *Product) *[]string { return &p.Titles })
	unitV, unitS := number("units", func(p *Product) *float64 { return &p.Units })
	perV, perS := number("perDay", func(p *Product) *float64 { return &p.PerDay })
	dayV, dayS := number("days", func(p *Product) *float64 { return &p.Days })
	return []Column{
		of("id", "编号", "ID", idV, idS), of("nameZh", "名称", "Chinese name", zhV, zhS), of("nameEn", "英文名", "English name", enV, enS),
		of("kind", "类别", "Kind", kindV, setKind), of("skus", "店铺编码", "Shop codes", skuText, setSKUs), of("barcodes", "条码", "Barcodes", barV, barS),
		of("titles", "标题里的词", "Words of titles", titleV, titleS), of("units", "每盒数量", "Pieces in a box", unitV, unitS),
		of("perDay", "每天用量", "Pieces a day", perV, perS), of("days", "每盒天数", "Days of a box", dayV, dayS),
		of("generic", "通用名", "Generic name", genericV, genericS), of("retired", "停用", "Retired", retiredText, setRetired),
	}
}()

// KindNames are the kinds as people read them.
var KindNames = map[string]fault.Text{
	"strips": {Zh: "试纸", En: "Test strips"}, "meter": {Zh: "血糖仪", En: "Meter"}, "lancets": {Zh: "采血针", En: "Lancets"}, "sensor": {Zh: "传感器", En: "Sensor"},
	"medicine": {Zh: "药品", En: "Medicine"}, "device": {Zh: "其他器械", En: "Other device"}, "food": {Zh: "食品", En: "Food"}, "other": {Zh: "其他", En: "Other"},
}

func setKind(p *Product, v string) *fault.Fault {
	for k, name := range KindNames {
		if strings.EqualFold(v, k) || v == name.Zh || strings.EqualFold(v, name.En) {
			p.Kind = k
			return nil
		}
	}
	var all []string
	for _, k := range Kinds {
		all = append(all, KindNames[k].Zh)
	}
	return ErrKind.At("kind").Because("可用："+strings.Join(all, "、"), "one of: "+strings.Join(Kinds, ", "))
}

func skuText(p *Product) string {
	var out []string
	for _, k := range p.SKUs {
		if k.Shop == "" {
			out = append(out, k.Code)
		} else {
			out = append(out, k.Shop+":"+k.Code)
		}
	}
	return strings.Join(out, "; ")
}

func setSKUs(p *Product, v string) *fault.Fault {
	for _, s := range parts(v) {
		shop, code, ok := strings.Cut(strings.Replace(s, "：", ":", 1), ":")
		if !ok {
			shop, code = "", shop
		}
		p.SKUs = append(p.SKUs, SKU{Shop: strings.TrimSpace(shop), Code: strings.TrimSpace(code)})
	}
	return nil
}

func retiredText(p *Product) string {
	if p.Retired {
		return "是"
	}
	return ""
}

func setRetired(p *Product, v string) *fault.Fault {
	p.Retired = slices.Contains([]string{"是", "停用", "yes", "true", "1", "retired"}, strings.ToLower(v))
	return nil
}

func parts(v string) []string {
	var out []string
	for _, s := range strings.FieldsFunc(v, func(r rune) bool { return r == ';' || r == '；' || r == '\n' }) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Refused is a row of a file that is no product, and why.
type Refused struct {
	Line int // as Excel counts; of YAML the place in the list, from 1
	Why  *fault.Fault
}

var (
	errHeader = fault.New(fault.Invalid, "product_columns", "认不出表头，或缺少“名称”和“类别”两栏", "the header is not known, or the columns Chinese name and Kind are missing").
			Because("先导出一份，照它的表头写", "export the list and use its header")
	errSheet = fault.New(fault.Invalid, "product_file", "读不懂这份文件", "the file cannot be read").Because("用 CSV、Excel 或 YAML", "use CSV, Excel or YAML")
	errTwice = fault.New(fault.Invalid, "product_twice", "这个商品在文件里写了两次", "the product is in the file twice").At("id")
)

// Read reads products from CSV, Excel or YAML. Every row is a product, whose At is its line, or refused.
func Read(in io.Reader) (ps []Product, refused []Refused, err error) {
	r := bufio.NewReaderSize(in, 1<<16)
	head, _ := r.Peek(4096) // a short file is read later
	if !sheet.Is(head) && looksYAML(head) {
		ps, refused, err = readYAML(r)
	} else {
		ps, refused, err = readTable(r, sheet.Is(head))
	}
	if err != nil {
		return nil, nil, err
	}
	seen, kept := map[string]bool{}, ps[:0]
	for i := range ps {
		p, line := ps[i], int(ps[i].At)
		if p.ID == "" {
			p.ID = NewID(p.NameZh, p.NameEn)
		}
		why := p.Check()
		if why == nil && seen[p.ID] {
			why = errTwice
		}
		if why != nil {
			refused = append(refused, Refused{line, why})
			continue
		}
		seen[p.ID] = true
		kept = append(kept, p)
	}
	slices.SortFunc(refused, func(a, b Refused) int { return a.Line - b.Line })
	return kept, refused, nil
}

// looksYAML tells a list of products in YAML from a table.
func looksYAML(head []byte) bool {
	for l := range bytes.Lines(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))) {
		l = bytes.TrimSpace(l)
		if len(l) == 0 || l[0] == '#' {
			continue
		}
		return bytes.HasPrefix(l, []byte("- ")) || bytes.HasPrefix(l, []byte("products:")) || bytes.Equal(l, []byte("---"))
	}
	return false
}

func firstLine(s string) string {
	l, _, _ := strings.Cut(s, "\n")
	return l
}

type written struct {
	ID       string   `yaml:"id"`
	NameZh   string   `yaml:"nameZh"`
	NameEn   string   `yaml:"nameEn"`
	Kind     string   `yaml:"kind"`
	SKUs     []string `yaml:"skus"` // shop:code, or a code of every shop
	Barcodes []string `yaml:"barcodes"`
	Titles   []string `yaml:"titles"`
	Units    float64  `yaml:"units"`
	PerDay   float64  `yaml:"perDay"`
	Days     float64  `yaml:"days"`
	Generic  string   `yaml:"generic"`
	Retired  bool     `yaml:"retired"`
}

func readYAML(in io.Reader) (ps []Product, refused []Refused, err error) {
	all, err := io.ReadAll(io.LimitReader(in, 8<<20))
	if err != nil {
		return nil, nil, fmt.Errorf("read the products: %w", err)
	}
	var list []written
	var within struct {
		Products []written `yaml:"products"`
	}
	if yaml.UnmarshalWithOptions(all, &list, yaml.Strict()) != nil {
		if err := yaml.UnmarshalWithOptions(all, &within, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, errSheet.Because("YAML 写法不对："+firstLine(err.Error()), "the YAML is not right: "+firstLine(err.Error()))
		}
		list = within.Products
	}
	for i, x := range list {
		p := Product{
			ID: x.ID, NameZh: x.NameZh, NameEn: x.NameEn, Kind: x.Kind, Barcodes: x.Barcodes, Titles: x.Titles, Units: x.Units, PerDay: x.PerDay,
			Days: x.Days, Generic: x.Generic, Retired: x.Retired, At: int64(i + 1),
		}
		_ = setSKUs(&p, strings.Join(x.SKUs, ";")) // refuses nothing
		if why := setKind(&p, x.Kind); why != nil {
			refused = append(refused, Refused{i + 1, why})
			continue
		}
		ps = append(ps, p)
	}
	return ps, refused, nil
}

func readTable(in io.Reader, workbook bool) (ps []Product, refused []Refused, err error) {
	var book *sheet.Book
	if workbook {
		book, err = sheet.Open(in)
	} else {
		book, err = sheet.Read(in, sheet.Options{})
	}
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	var of []*Column
	err = book.Each(0, func(r sheet.Row) error {
		if of == nil {
			of = columnsOf(r.Cells)
			if of == nil {
				return errHeader
			}
			return nil
		}
		p, why := product(of, r.Cells)
		if r.Bad != nil {
			why = r.Bad
		}
		if why != nil {
			refused = append(refused, Refused{r.Line, why})
			return nil
		}
		p.At = int64(r.Line)
		ps = append(ps, p)
		return nil
	})
	if err == nil && of == nil {
		err = errHeader
	}
	return ps, refused, err
}

func columnsOf(head []string) []*Column {
	out := make([]*Column, len(head))
	known := map[string]bool{}
	for i, h := range head {
		for k := range Columns {
			c := &Columns[k]
			if h = strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")); strings.EqualFold(h, c.Key) || h == c.Header.Zh || h == c.Header.Zh+" "+c.Key || strings.EqualFold(h, c.Header.En) {
				out[i] = c
				known[c.Key] = true
			}
		}
	}
	if !known["nameZh"] || !known["kind"] {
		return nil
	}
	return out
}

func product(of []*Column, cells []string) (p Product, why *fault.Fault) {
	for i, c := range of {
		if c == nil || i >= len(cells) {
			continue
		}
		v := strings.TrimSpace(cells[i])
		if v == "" {
			continue
		}
		if why := c.set(&p, v); why != nil {
			return p, why
		}
	}
	if p.Kind == "" {
		return p, setKind(&p, "")
	}
	return p, nil
}

// NewID makes an id of a name: of the English one where there is one, else a number that follows from the Chinese one.
func NewID(zh, en string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(en) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	id := strings.Trim(b.String(), "-")
	if len(id) > 50 {
		id = strings.Trim(id[:50], "-")
	}
	if id == "" {
		l := Line{Title: zh}
		h := l.Hash()
		id = fmt.Sprintf("p-%x", h[:4])
	}
	return id
}

// Difference is what a file changes in a catalogue.
type Difference struct {
	Save                 []Product // new ones and changed ones
	Added, Changed, Same int
	Refused              []Refused
}

// Compare tells what products that were read change in c. One that has a name of another product is refused, and so is one of a
// medicine that is not known.
func Compare(c *Catalogue, ps []Product, known func(*Product) bool) Difference {
	var d Difference
	lines, changed := map[string]int{}, map[string]Product{}
	for _, p := range ps {
		lines[p.ID] = int(p.At)
		old, there := c.ByID(p.ID)
		p.At = 0
		if there {
			p.Revision, p.At, p.Actor = old.Revision, old.At, old.Actor
		}
		switch {
		case !known(&p):
			d.Refused = append(d.Refused, Refused{lines[p.ID], ErrGeneric.Because("药品目录里没有这个通用名", "the catalogue of medicines has no such generic name")})
		case there && same(&p, old):
			d.Same++
		default:
			changed[p.ID] = p
		}
	}
	for { // of two products of the file with one name the later is refused
		next := c.with(changed)
		refused := false
		for _, t := range next.twice {
			a, b := next.Products[t.a].ID, next.Products[t.b].ID
			_, inA := changed[a]
			_, inB := changed[b]
			if id := b; inA || inB {
				if inA && (!inB || lines[a] > lines[b]) {
					id = a
				}
				delete(changed, id)
				d.Refused = append(d.Refused, Refused{lines[id], ErrTaken.At("%s", t.field)})
				refused = true
			}
		}
		if !refused {
			break
		}
	}
	for _, p := range ps {
		x, ok := changed[p.ID]
		if !ok {
			continue
		}
		if d.Save = append(d.Save, x); x.Revision == 0 {
			d.Added++
		} else {
			d.Changed++
		}
	}
	return d
}

// with is c with some products put in.
func (c *Catalogue) with(changed map[string]Product) *Catalogue {
	var all []Product
	for _, p := range c.Products {
		if _, ok := changed[p.ID]; !ok {
			all = append(all, p)
		}
	}
	for _, p := range changed {
		all = append(all, p)
	}
	return New(c.Revision, all, c.Setting)
}

// same tells whether two products say the same.
func same(a, b *Product) bool {
	x, _ := json.Marshal(a) // names and numbers
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}
