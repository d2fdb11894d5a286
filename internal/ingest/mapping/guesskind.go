package mapping

import (
	"fmt"
	"slices"
	"strings"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/measure"
)

// add adds an event and gives the path of its fields.
func (g *guesser) add(e Event) { g.out.Map.Events = append(g.out.Map.Events, e) }

// next is the path of the event that is added next.
func (g *guesser) next() string { return fmt.Sprintf("events[%d]", len(g.out.Map.Events)) }

func (g *guesser) taking(c *column, t fault.Text) string {
	g.taken[c.name] = t
	return c.name
}

func (g *guesser) glucose() {
	cols := g.of("glucose.value")
	name := event.Lookup("glucose").Name
	if len(cols) > 0 {
		at := g.next()
		column := g.pick("glucose.value", at+".fields.value.column", name)
		f := map[string]Field{"value": g.unit(at+".fields.value", Field{Column: column}, cols[0], "glucose", "")}
		if c := g.of("glucose.context"); len(c) > 0 {
			f["context"] = g.codes(at+".fields.context", c[0], "glucose", "context")
		}
		if c := g.of("device"); len(c) > 0 {
			f["device"] = Field{Column: g.taking(c[0], say("设备号", "the device"))}
		}
		g.note(f)
		g.add(Event{Type: "glucose", Fields: f})
	}
	for i := range g.cols { // a column for each meal slot
		c := &g.cols[i]
		slot, ok := strings.CutPrefix(c.what, "glucose@")
		if !ok {
			continue
		}
		at := g.next()
		w := event.Words("glucose", "context")[slot]
		g.taking(c, say("血糖："+w.Zh, "glucose: "+w.En))
		e := Event{Type: "glucose", Fields: map[string]Field{"value": g.unit(at+".fields.value", Field{Column: c.name}, c, "glucose", ""), "context": {Value: slot}}}
		if g.out.Map.Time.Clock == "" {
			e.Time.At = slots[slot]
		}
		g.add(e)
	}
	g.oneUnit()
}

// oneUnit asks once for the unit of all glucose columns: a diary has one.
func (g *guesser) oneUnit() {
	known, asked := "", -1
	for i := range g.out.Map.Events {
		e := &g.out.Map.Events[i]
		if u := e.Fields["value"].Unit; e.Type == "glucose" && u != "" && u != Open {
			known = u
		} else if e.Type == "glucose" && u == Open && asked < 0 {
			asked = i
		}
	}
	if known == "" || asked < 0 {
		return
	}
	for i := range g.out.Map.Events {
		e := &g.out.Map.Events[i]
		path := fmt.Sprintf("events[%d].fields.value.unit", i)
		k := slices.IndexFunc(g.out.Questions, func(q Question) bool { return q.Path == path && !strings.Contains(q.Text.En, "mixed") })
		if f := e.Fields["value"]; e.Type == "glucose" && f.Unit == Open && k >= 0 {
			f.Unit = known
			e.Fields["value"] = f
			g.out.Questions = slices.Delete(g.out.Questions, k, k+1)
		}
	}
}

func (g *guesser) note(f map[string]Field) {
	if c := g.of("note"); len(c) == 1 {
		f["note"] = Field{Column: g.taking(c[0], say("备注", "a note"))}
	}
}

func (g *guesser) pressure() {
	at := g.next()
	name := event.Lookup("blood_pressure").Name
	sys, dia, both := g.of("blood_pressure.systolic"), g.of("blood_pressure.diastolic"), g.of("blood_pressure.both")
	f := map[string]Field{}
	switch {
	case len(sys) > 0 && len(dia) > 0:
		f["systolic"] = g.unit(at+".fields.systolic", Field{Column: g.pick("blood_pressure.systolic", at+".fields.systolic.column", say("收缩压", "systolic pressure"))}, sys[0], "blood_pressure", "systolic")
		f["diastolic"] = g.unit(at+".fields.diastolic", Field{Column: g.pick("blood_pressure.diastolic", at+".fields.diastolic.column", say("舒张压", "diastolic pressure"))}, dia[0], "blood_pressure", "diastolic")
	case len(both) > 0:
		c := g.taking(both[0], name)
		f["systolic"], f["diastolic"] = Field{Column: c, Part: 1}, Field{Column: c, Part: 2}
	default:
		return
	}
	if c := g.of("blood_pressure.pulse"); len(c) > 0 {
		f["pulse"] = Field{Column: g.taking(c[0], say("脉搏", "pulse"))}
	}
	g.add(Event{Type: "blood_pressure", Fields: f})
}

// simple adds an event with one number.
func (g *guesser) simple(what, kind, field string) {
	cols := g.of(what)
	if len(cols) == 0 {
		return
	}
	at := g.next() + ".fields." + field
	column := g.pick(what, at+".column", event.Lookup(kind).Name)
	g.add(Event{Type: kind, Fields: map[string]Field{field: g.unit(at, Field{Column: column}, cols[0], kind, field)}})
}

func (g *guesser) height() {
	g.simple("height.value", "height", "value")
	if c := g.of("height.waist"); len(c) > 0 {
		if n := len(g.out.Map.Events); n > 0 && g.out.Map.Events[n-1].Type == "height" {
			g.out.Map.Events[n-1].Fields["waist"] = Field{Column: g.taking(c[0], say("腰围", "waist"))}
		}
	}
}

// labs adds an event for each column that is a laboratory test.
func (g *guesser) labs() {
	for i := range g.cols {
		c := &g.cols[i]
		test, ok := strings.CutPrefix(c.what, "lab:")
		if !ok {
			continue
		}
		at := g.next()
		g.taking(c, event.Words("lab", "test")[test])
		g.add(Event{Type: "lab", Fields: map[string]Field{"test": {Value: test}, "value": g.unit(at+".fields.value", Field{Column: c.name}, c, "lab", test)}})
	}
}

// items adds the events of a table in which each row is one test: its name, its result and its unit. HbA1c is an event of its own.
func (g *guesser) items() {
	item, result := g.of("lab.item"), g.of("lab.result")
	if len(item) == 0 || len(result) == 0 {
		return
	}
	value := Field{Column: g.pick("lab.result", g.next()+".fields.value.column", say("结果", "the result"))}
	if c := g.of("unit"); len(c) > 0 {
		value.UnitIn = g.taking(c[0], say("单位", "the unit"))
	}
	g.taking(item[0], say("化验项目", "the test"))
	var hba1c, glucose, tests []string
	test := Field{Column: item[0].name, Codes: map[string]string{}}
	for _, v := range distinct(item[0].values, 200) {
		switch what, _ := role(v); {
		case what == "hba1c.value":
			hba1c = append(hba1c, v)
		case what == "glucose.value":
			glucose = append(glucose, v)
		case strings.HasPrefix(what, "lab:"):
			test.Codes[v] = what[len("lab:"):]
			tests = append(tests, v)
		default:
			test.Codes[v] = "-"
		}
	}
	if len(hba1c) > 0 {
		g.add(Event{Type: "hba1c", When: []When{{Column: item[0].name, In: hba1c}}, Fields: map[string]Field{"value": value}})
	}
	if len(glucose) > 0 {
		g.add(Event{Type: "glucose", When: []When{{Column: item[0].name, In: glucose}}, Fields: map[string]Field{"value": value}})
	}
	if len(tests) == 0 {
		return
	}
	for k, code := range test.Codes {
		if code == "-" {
			delete(test.Codes, k)
		}
	}
	g.add(Event{Type: "lab", When: []When{{Column: item[0].name, In: tests}}, Fields: map[string]Field{"test": test, "value": value}})
}

func (g *guesser) fill() {
	drug := g.of("fill.drug")
	if len(drug) == 0 {
		return
	}
	at := g.next()
	c := g.pick("fill.drug", at+".fields.name.column", say("药名", "the medicine"))
	f := map[string]Field{"class": {Column: c}, "generic": {Column: c}, "name": {Column: c}}
	if d := g.of("fill.days"); len(d) > 0 {
		f["days"] = Field{Column: g.pick("fill.days", at+".fields.days.column", say("天数", "the days"))}
	} else if q := g.of("order.quantity"); len(q) > 0 { // the days follow from the quantity, with the dose or the product
		f["quantity"] = Field{Column: g.pick("order.quantity", at+".fields.quantity.column", say("数量", "the quantity"))}
		if u := g.of("unit"); len(u) > 0 {
			f["counted"] = Field{Column: g.taking(u[0], say("数量的单位", "what the quantity counts"))}
		} else {
			f["counted"] = Field{Value: Open}
			g.ask(at+".fields.counted.value", "没有“用药天数”这一栏，按“数量”推算。数量数的是什么？", "there is no column with the days of supply; they follow from the quantity. What does it count?", nil,
				Option{"box", say("盒、瓶", "boxes or bottles")}, Option{"piece", say("片、粒、支", "pieces")}, Option{NotSaid, say("不知道", "not known")})
		}
	} else {
		f["days"] = Field{Value: Open}
		g.ask(at+".fields.days.value", "没有“用药天数”这一栏。每次取药够用几天？", "there is no column with the days of supply. How many days does one fill last?", nil,
			append(plainOption("7", "14", "28", "30", "90"), Option{NotSaid, say("不知道", "not known")})...)
	}
	// Where the days are stated the dose is not read: what else a row says would make another row of it.
	if d := g.of("fill.dose"); len(d) > 0 && f["days"].Column == "" {
		f["doseText"] = Field{Column: g.taking(d[0], say("用法用量", "how it is taken"))}
	}
	if p := g.of("fill.place"); len(p) > 0 {
		f["place"] = Field{Column: g.taking(p[0], say("取药地点", "the place"))}
	}
	g.add(Event{Type: "fill", Fields: f})
}

// unpaid and refunded are what shops write about orders that are no purchase, and about money that went back.
var (
	unpaid   = []string{"等待买家付款", "待付款", "未付款", "等待付款", "已取消", "交易关闭", "已关闭", "订单关闭", "取消", "关闭", "unpaid", "cancelled", "canceled", "closed", "pending payment"}
	refunded = []string{"退款成功", "已退款", "全额退款", "部分退款", "退款完成", "已全额退款", "已部分退款", "退货退款成功", "是", "refunded", "partially refunded"}
)

// orders adds an order and, where the list tells of them, a refund.
func (g *guesser) orders() {
	if !g.has("order.number") && !g.has("order.amount") {
		return
	}
	at, m := g.next(), &g.out.Map
	fields := map[string]Field{}
	put := func(name, what string, word fault.Text) string {
		if !g.has(what) {
			return ""
		}
		c := g.pick(what, at+".fields."+name+".column", word)
		fields[name] = Field{Column: c}
		return c
	}
	number := put("number", "order.number", say("订单号", "the order's number"))
	put("shop", "order.shop", say("店铺", "the shop"))
	product := put("product", "order.code", say("商品编码", "the product's code"))
	if title := g.of("order.title"); len(title) > 0 {
		if product == "" {
			product = put("product", "order.title", say("商品名称", "the product's name"))
		} else {
			g.taking(title[0], say("商品名称（有编码，只用编码）", "the product's name (its code is used)"))
		}
	}
	put("quantity", "order.quantity", say("数量", "the quantity"))
	put("amount", "order.amount", say("实付金额", "what was paid"))
	var id []string
	for _, c := range append(g.of("order.line"), nil)[:1] {
		if c != nil {
			id = append(id, g.taking(c, say("子订单号", "the line's number")))
		}
	}
	if number != "" && number != Open {
		id = append([]string{number}, id...)
		if len(id) == 1 && product != "" && product != Open {
			id = append(id, product)
		}
		g.filled(number)
	}
	order := Event{Type: "order", ID: id, Fields: fields}
	if g.has("time.paid") {
		paid := g.of("time.paid")[0].name
		if m.Time.Column != paid {
			order.Time.Column = g.pick("time.paid", at+".time.column", say("付款时间", "when it was paid"))
		}
		order.When = []When{{Column: paid, Filled: true}}
	} else if s := g.of("order.status"); len(s) > 0 {
		order.When = []When{{Column: g.taking(s[0], say("状态", "the status")), NotIn: among(unpaid, s[0].values)}}
	}
	g.add(order)
	g.refund(order)
}

// filled carries the order's own columns to its further lines, where they stand only on the first.
func (g *guesser) filled(number string) {
	for i := range g.cols {
		c := &g.cols[i]
		if c.name != number || c.blanks == 0 || !g.leads(c) {
			continue
		}
		own := []string{number}
		for k := range g.cols {
			o := &g.cols[k]
			if o.blanks >= c.blanks && g.leads(o) && (strings.HasPrefix(o.what, "who.") || strings.HasPrefix(o.what, "time") || o.what == "order.status" || o.what == "order.shop") {
				own = append(own, o.name)
			}
		}
		g.out.Questions = slices.DeleteFunc(g.out.Questions, func(q Question) bool { return strings.HasPrefix(q.Path, "fill_down") })
		g.out.Map.FillDown = own
	}
}

func (g *guesser) refund(order Event) {
	at := g.next()
	amount, status := g.of("order.refunded"), g.of("order.refundStatus")
	e := Event{Type: "refund", ID: order.ID, Fields: map[string]Field{}}
	for _, f := range []string{"number", "shop", "product"} {
		if x, ok := order.Fields[f]; ok {
			e.Fields[f] = x
		}
	}
	switch {
	case len(amount) > 0:
		e.Fields["amount"] = Field{Column: g.pick("order.refunded", at+".fields.amount.column", say("退款金额", "what was paid back"))}
		e.When = []When{{Column: amount[0].name, Filled: true}}
		if len(status) > 0 {
			e.When = append(e.When, When{Column: g.taking(status[0], say("退款状态", "the state of the refund")), In: among(refunded, status[0].values)})
		}
	case len(status) > 0:
		e.When = []When{{Column: g.taking(status[0], say("退款状态", "the state of the refund")), In: among(refunded, status[0].values)}}
	default:
		return
	}
	if r := g.of("order.refundReason"); len(r) > 0 {
		e.Fields["reason"] = Field{Column: g.taking(r[0], say("退款原因", "why"))}
	}
	if g.has("time.refunded") {
		e.Time.Column = g.pick("time.refunded", at+".time.column", say("退款时间", "when it was paid back"))
	} else {
		e.Time.Column = Open
		g.ask(at+".time.column", "没有退款时间。退款算在哪一栏的时间？", "there is no time of the refund. Which column's time is taken for it?", nil, g.columnOptions(g.dates)...)
	}
	g.add(e)
}

// among are the words of a list that stand in a column, or all of them where none does.
func among(list, values []string) []string {
	var out []string
	for _, v := range distinct(values, 100) {
		if slices.Contains(list, strings.ToLower(folded(v))) {
			out = append(out, folded(v))
		}
	}
	if len(out) == 0 {
		return list
	}
	return out
}

func distinct(values []string, most int) []string {
	var out []string
	for _, v := range values {
		if v = folded(v); !slices.Contains(out, v) && len(out) < most {
			out = append(out, v)
		}
	}
	return out
}

func (g *guesser) profile() {
	f := map[string]Field{}
	for _, x := range []struct {
		name string
		word fault.Text
	}{
		{"name", say("姓名", "the name")}, {"gender", say("性别", "gender")}, {"birthYear", say("出生年", "year of birth")},
		{"diabetesType", say("糖尿病类型", "type of diabetes")}, {"diagnosedYear", say("确诊年份", "year of diagnosis")},
	} {
		cols := g.of("profile." + x.name)
		if len(cols) == 0 || len(cols[0].values) == 0 {
			continue
		}
		masked := slices.ContainsFunc(cols[0].values, hidden)
		if x.name == "name" && masked {
			g.taking(cols[0], say("不用：遮住了一部分", "not used: a part is hidden"))
			continue
		}
		at := g.next() + ".fields." + x.name
		f[x.name] = Field{Column: g.pick("profile."+x.name, at+".column", x.word)}
		if spec := event.Lookup("profile"); len(spec.Field(x.name).Enum) > 0 {
			f[x.name] = g.codes(at, cols[0], "profile", x.name)
		}
	}
	for _, w := range g.out.Map.Who {
		if w.Type == "phone" && w.Column != Open && len(f) > 0 {
			f["phone"] = Field{Column: w.Column}
		}
	}
	if len(f) > 0 {
		g.add(Event{Type: "profile", Fields: f})
	}
}

// codes takes a column of codes; words it does not know are asked.
func (g *guesser) codes(path string, c *column, kind, field string) Field {
	spec := event.Lookup(kind)
	f := spec.Field(field)
	word := say("时段", "the meal slot")
	if field != "context" {
		word = say(c.name, c.name)
	}
	out := Field{Column: g.taking(c, word)}
	var options []Option
	for _, code := range f.Enum {
		options = append(options, Option{code, event.Words(kind, field)[code]})
	}
	options = append(options, Option{"-", say("不收", "take nothing")})
	known, unknown := map[string]string{}, []string{}
	for _, v := range distinct(c.values, 40) {
		if empty(v) {
			continue
		}
		if code := wordOf(spec, f, v); code != "" {
			known[v] = code
		} else {
			unknown = append(unknown, v)
		}
	}
	if len(unknown) == 0 {
		return out
	}
	out.Codes = known
	for _, v := range unknown[:min(len(unknown), 20)] {
		out.Codes[v] = Open
		g.ask(path+".codes."+v, "“%s”栏里的“%s”是什么？", "what does %[2]q in the column %[1]q mean?", []any{c.name, short(v, 20)}, options...)
	}
	return out
}

// unit finds the unit of a column of numbers: in its name, in a column beside it, in its cells, else by which unit its values can have.
func (g *guesser) unit(path string, f Field, c *column, kind, what string) Field {
	spec := event.Lookup(kind)
	if c.unit != "" {
		field := spec.Field("value")
		if field == nil || what == "systolic" || what == "diastolic" {
			field = spec.Field(what)
		}
		if field != nil && unitOf(spec, field, c.unit) == nil {
			f.Unit = c.unit
			return f
		}
	}
	if u := g.of("unit"); len(u) == 1 && f.Column != Open {
		f.UnitIn = g.taking(u[0], say("单位", "the unit"))
		return f
	}
	candidates := unitsOf(kind, what)
	if len(candidates) < 2 {
		return f
	}
	var numbers []float64
	bare := 0
	for _, v := range c.values {
		if n, why := readNumber(v, ""); why == nil && n.word == "" {
			if n.unit == "" {
				bare++
			}
			numbers = append(numbers, n.value)
		}
	}
	if bare == 0 && len(numbers) > 0 {
		return f // a unit stands in every cell
	}
	only, fits := map[string]int{}, slices.Clone(candidates)
	for _, v := range numbers {
		var can []string
		for _, u := range candidates {
			if possible(kind, what, v, u) {
				can = append(can, u)
			}
		}
		if len(can) == 1 {
			only[can[0]]++
		}
		if len(can) > 0 {
			fits = slices.DeleteFunc(fits, func(u string) bool { return !slices.Contains(can, u) })
		}
	}
	options := plainOption(candidates...)
	switch {
	case len(only) > 1:
		f.Unit = Open
		var zh, en []string
		for _, u := range candidates {
			if only[u] > 0 {
				zh, en = append(zh, fmt.Sprintf("%d 个只能是 %s", only[u], u)), append(en, fmt.Sprintf("%d can only be %s", only[u], u))
			}
		}
		if kind == "glucose" {
			options = append(options, bySize)
		}
		g.out.Questions = append(g.out.Questions, Question{Path: path + ".unit", Options: options, Text: say(
			"“"+c.name+"”里两种单位混着："+strings.Join(zh, "，")+"。整栏是哪一种？",
			"units are mixed in “"+c.name+"”: "+strings.Join(en, ", ")+". Which is the column's?")})
	case len(only) == 1 && len(fits) == 1:
		f.Unit = fits[0]
	default:
		f.Unit = Open
		g.ask(path+".unit", "“%s”的单位是什么？表头和单元格里都没有写", "what is the unit of “%s”? Neither the header nor the cells say", []any{c.name}, options...)
	}
	return f
}

// unitsOf are the units a column of these may be in.
func unitsOf(kind, what string) []string {
	switch kind {
	case "glucose":
		return []string{string(measure.MmolL), string(measure.MgdL)}
	case "hba1c":
		return []string{"%", "mmol/mol"}
	case "weight":
		return []string{"kg", "斤", "lb"}
	case "height":
		return []string{"cm", "m"}
	case "blood_pressure":
		return []string{"mmHg", "kPa"}
	case "lab":
		if lab, ok := measure.LabOf(what); ok {
			return lab.Units()
		}
	}
	return nil
}

// possible reports whether the catalogue would take a value in a unit.
func possible(kind, what string, v float64, unit string) bool {
	switch kind {
	case "glucose":
		if unit == string(measure.MgdL) {
			v /= measure.MgPerMmol
		}
		return v >= measure.GlucoseMin && v <= measure.GlucoseMax
	case "hba1c":
		f := event.Lookup("hba1c").Field("value")
		if unit == "mmol/mol" {
			v = measure.HbA1cFromIFCC(v)
		}
		return v >= f.Min && v <= f.Max
	case "lab":
		lab, _ := measure.LabOf(what)
		x, ok := lab.From(v, unit)
		return ok && x >= lab.Min && x <= lab.Max
	}
	name := "value"
	if kind == "blood_pressure" {
		name = what
	}
	f := event.Lookup(kind).Field(name)
	by, ok := factor(f.Unit, unit)
	return ok && v*by >= f.Min && v*by <= f.Max
}
