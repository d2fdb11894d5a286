package entrance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/big"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/sheet"
)

// RefusedCost is a row of a file that was not taken, and why.
type RefusedCost struct {
	Line int
	Why  *fault.Fault
}

// Why a file or a row of it is refused.
var (
	ErrColumns = fault.New(fault.Invalid, "cost_columns", "没有找到需要的列", "the columns that are needed are not there").
			Because("第一行写：入口码、开始、结束、金额（元）、用途", "the first row says: code, from, to, yuan, what")
	ErrNoCode  = fault.New(fault.Invalid, "cost_code", "没有这个入口码", "there is no such entry code").At("code").Because("写编号、印着的码或名称", "its id, what is printed, or its name")
	ErrTwoCode = fault.New(fault.Invalid, "cost_code_name", "有两个入口码叫这个名称", "two entry codes have this name").At("code").Because("写编号或印着的码", "its id, or what is printed")
)

// costHeads are the words each column is known by.
var costHeads = [5][]string{
	{"入口码", "渠道", "code", "entrance", "channel"}, {"开始", "日期", "from", "date", "day"}, {"结束", "to", "until"},
	{"金额（元）", "金额(元)", "金额", "费用", "yuan", "amount", "cost"}, {"用途", "项目", "what", "note"},
}

// mostCosts is how many rows one file may have.
const mostCosts = 20_000

// ReadCosts reads what was spent from a table, CSV or Excel. A row that is repeated, in this file or another, has the same id: it is
// the same cost. Two that are equal and both real differ in what they were for.
func ReadCosts(in io.Reader, workbook bool, b *Book) (out []Cost, refused []RefusedCost, err error) {
	var book *sheet.Book
	if workbook {
		book, err = sheet.Open(in)
	} else {
		book, err = sheet.Read(in, sheet.Options{})
	}
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = book.Close() }() // it only read
	var columns []int
	err = book.Each(0, func(r sheet.Row) error {
		if columns == nil {
			columns = costColumns(r.Cells)
			if columns == nil {
				return ErrColumns
			}
			return nil
		}
		c, why := costOf(r, columns, b, book.From1904)
		switch {
		case why != nil:
			refused = append(refused, RefusedCost{r.Line, why})
		default:
			out = append(out, c)
		}
		if len(out)+len(refused) > mostCosts {
			return sheet.ErrTooLarge
		}
		return nil
	})
	if err == nil && columns == nil {
		err = ErrColumns
	}
	return out, refused, err
}

func costColumns(head []string) []int {
	out := []int{-1, -1, -1, -1, -1}
	for i, h := range head {
		h = strings.ToLower(strings.TrimSpace(h))
		for k, names := range costHeads {
			for _, n := range names {
				if h == n && out[k] < 0 {
					out[k] = i
				}
			}
		}
	}
	if out[0] < 0 || out[1] < 0 || out[3] < 0 {
		return nil
	}
	return out
}

func costOf(r sheet.Row, columns []int, b *Book, from1904 bool) (Cost, *fault.Fault) {
	if r.Bad != nil {
		return Cost{}, r.Bad
	}
	cell := func(k int) string {
		if i := columns[k]; i >= 0 && i < len(r.Cells) {
			return strings.TrimSpace(r.Cells[i])
		}
		return ""
	}
	e, why := b.named(cell(0))
	if why != nil {
		return Cost{}, why
	}
	c := Cost{Entrance: e.ID, From: dayIn(cell(1), from1904), To: dayIn(cell(2), from1904), What: cell(4)}
	if cell(2) == "" {
		c.To = c.From
	}
	if c.What == "" {
		c.What = "导入"
	}
	var ok bool
	if c.Fen, ok = Fen(cell(3)); !ok {
		return c, ErrFen
	}
	h := sha256.Sum256([]byte(fmt.Sprintf("%s\x00%d\x00%d\x00%d\x00%s", c.Entrance, c.From, c.To, c.Fen, c.What)))
	c.ID = "f" + hex.EncodeToString(h[:12])
	return c, c.Check()
}

// named finds a code by its id, what is printed, or its name.
func (b *Book) named(s string) (*Entrance, *fault.Fault) {
	if e := b.ByID(s); e != nil {
		return e, nil
	}
	if e := b.ByState(s); e != nil {
		return e, nil
	}
	var found *Entrance
	for i := range b.All {
		if b.All[i].Name == s {
			if found != nil {
				return nil, ErrTwoCode
			}
			found = &b.All[i]
		}
	}
	if found == nil {
		return nil, ErrNoCode
	}
	return found, nil
}

func dayIn(s string, from1904 bool) int32 {
	if m, ok := sheet.ReadMoment(s, sheet.Unsure); ok && !m.Either {
		return DayFrom(m.Wall.Format("2006-01-02"))
	}
	if t, ok := sheet.Time(s, from1904); ok {
		return DayFrom(t.Format("2006-01-02"))
	}
	return 0
}

// Fen reads yuan as they are typed, such as 1,200.50 or ¥800, exactly. More than two decimals that say something are refused.
func Fen(s string) (int64, bool) {
	s = strings.NewReplacer(",", "", "，", "", "¥", "", "￥", "", "元", "", " ", "").Replace(s)
	v, ok := new(big.Rat).SetString(s)
	if !ok || len(s) > 30 || strings.ContainsAny(s, "eE/xX_") {
		return 0, false
	}
	v.Mul(v, big.NewRat(100, 1))
	if !v.IsInt() || !v.Num().IsInt64() {
		return 0, false
	}
	return v.Num().Int64(), true
}
