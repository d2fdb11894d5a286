package api

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/export"
	"peiban/internal/layer"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// otherLists are lists whose file is not what one screen pages through.
func (s *Server) otherLists() []listing {
	return append(s.ownerLists(), []listing{
		{
			name: "tags", id: "tags", tag: "tags", summary: "Every tag with its definition in words and how many have it, as a file", input: &tagsFileInput{}, columns: tagColumns,
			rows: atOnce(s.tagsFile), title: text("标签", "Tags"), needs: staff.CanReadProgress, filters: []listFilter{byProgramme},
		},
		{
			name: "layers", id: "layers", tag: "layers", summary: "Who is in which layer, and why, as a file", input: &layersFileInput{}, columns: layerColumns,
			rows: atOnce(s.layersFile), title: text("分层管理", "Layers"), needs: staff.CanReadProgress, filters: []listFilter{byProgramme},
		},
		{
			name: "journey-effect", id: "journey-effect-file", tag: "journeys", summary: "What journeys did and changed, as a file: a row for each step, group and comparison", input: &effectFileInput{}, columns: effectColumns,
			rows: atOnce(s.effectFile), title: text("旅程的成效", "Effect of journeys"), needs: staff.CanReadProgress, filters: []listFilter{byProgramme},
		},
		{
			name: "event-records", id: "event-records-file", tag: "out", summary: "The same list as a file, all of it", input: &RecordsFilter{}, columns: recordColumns,
			rows: s.recordsFile, title: text("事件明细", "Events"), needs: staff.CanReadPeople, filters: []listFilter{byDays, byType, byProgramme},
		},
		fileOf(s, listing{name: "imports", tag: "imports", columns: importColumns, title: text("导入记录", "Imports"), needs: staff.CanImport}, importCells, nil, s.importsShared),
		fileOf(s, listing{name: "quarantine", tag: "audit", columns: waitingColumns, title: text("等本人同意的数据", "Data waiting for consent"), needs: staff.CanReadIntake}, waitingCells, waitingPerson, s.quarantine),
		fileOf(s, listing{name: "receipts", tag: "receipts", columns: receiptColumns, title: text("小票", "Receipts"), needs: staff.CanReadPeople}, receiptCells, receiptPerson, func(ctx context.Context, in *receiptsInput) (Listing[receiptRow], error) {
			l, err := s.receipts(ctx, in)
			return Listing[receiptRow]{Items: receiptRows(l.Items), Total: l.Total, NextCursor: l.NextCursor}, err
		}),
		fileOf(s, listing{name: "product-questions", tag: "products", columns: questionColumns, title: text("没对上的商品", "Products nobody knows"), needs: staff.CanReadIntake}, questionCells, nil, func(ctx context.Context, in *questionsFileInput) (Listing[ProductQuestion], error) {
			return s.productQuestions(ctx, &questionsInput{State: in.State})
		}),
		fileOf(s, listing{name: "entrances", tag: "channels", columns: entranceColumns, title: text("入口码", "Entry codes"), needs: staff.CanReadPeople}, entranceCells, nil, func(ctx context.Context, in *entrancesInput) (Listing[Entrance], error) {
			l, err := s.listEntrances(ctx, in)
			return l.Listing, err
		}),
		fileOf(s, listing{name: "entrance-costs", tag: "channels", columns: costColumns, title: text("渠道费用", "What channels cost"), needs: staff.CanReadPeople}, costCells, nil, s.listCosts),
		fileOf(s, listing{name: "inviters", tag: "channels", columns: inviterColumns, title: text("邀请", "Who brought whom"), needs: staff.CanManageChannels}, inviterCells, inviterPerson, func(ctx context.Context, in *invitersInput) (Listing[Inviter], error) {
			l, err := s.inviters(ctx, in)
			return l.Listing, err
		}),
		fileOf(s, listing{name: "calendar", tag: "calendar", columns: calendarColumns, title: text("日历", "Calendar"), needs: staff.CanReadPeople, filters: []listFilter{byProgramme}}, calendarCells, calendarPerson, s.calendarRows),
		fileOf(s, listing{name: "overdue", tag: "overdue", columns: overdueColumns, title: text("逾期", "Overdue"), needs: staff.CanReadPeople, filters: []listFilter{byOverdueKind, byProgramme}}, overdueCells, overduePerson, s.overdueFile),
		fileOf(s, listing{name: "sendings", tag: "out", columns: deliveryColumns, title: text("发送记录", "Deliveries"), needs: staff.CanExport}, deliveryCells, nil, s.allDeliveryRuns),
	}...)
}

var receiptColumns = []export.Column{
	{Key: "id", Name: "编号 id"}, {Key: "person", Name: "人员编号 person"}, {Key: "name", Name: "姓名 name"}, {Key: "state", Name: "状态 state"}, {Key: "at", Name: "日期 at", Kind: export.Moment},
	{Key: "came", Name: "上传 came", Kind: export.Moment}, {Key: "shop", Name: "店铺 shop"}, {Key: "title", Name: "买了什么 title"}, {Key: "quantity", Name: "盒数 quantity", Kind: export.Number},
	{Key: "amount", Name: "金额（元） amount", Kind: export.Number}, {Key: "number", Name: "单号 number"}, {Key: "product", Name: "商品 product"}, {Key: "order", Name: "订单编号 order"},
	{Key: "reason", Name: "退回原因 reason"}, {Key: "by", Name: "处理人 by"}, {Key: "line", Name: "第几样 line", Kind: export.Number}, {Key: "days", Name: "够用天数 days", Kind: export.Number},
	{Key: "kept", Name: "退款后留下 kept", Kind: export.Number},
}

// receiptRow is a line of a receipt; one of which nothing is known has one all the same.
type receiptRow struct {
	*Receipt
	line int // from 1; 0: nothing is known of what it holds
}

func receiptRows(all []Receipt) []receiptRow {
	out := make([]receiptRow, 0, len(all))
	for i := range all {
		r, n := &all[i], 0
		if r.Typed != nil {
			n = len(r.Typed.Orders)
		} else if r.Told != nil {
			n = len(r.Told.Lines)
		}
		for k := range max(n, 1) {
			out = append(out, receiptRow{r, min(k+1, n)})
		}
	}
	return out
}

func receiptPerson(r *receiptRow) string { return r.Person.ID }

// receiptCells are what staff typed, or before that what the person said.
func receiptCells(r *receiptRow) []string {
	said, number, product, order, kept := ReceiptLine{}, "", "", "", ""
	shop, days := "", 0.0
	if r.Told != nil {
		shop = r.Told.Shop
	}
	switch t := r.Typed; {
	case t != nil && r.line > 0:
		x := &t.Orders[r.line-1]
		said, shop, number, product, order, days = x.ReceiptLine, t.Shop, t.Number, zh(x.ProductText), x.Order, x.Days
		kept = strconv.FormatFloat(x.Kept, 'f', -1, 64)
	case r.line > 0:
		said = r.Told.Lines[r.line-1]
	}
	return []string{
		r.ID, r.Person.ID, r.Person.Name, r.State, r.At, r.Came, shop, said.Title, figure(said.Quantity), figure(said.Amount), number, product, order, zh(r.Reason), zh(r.By),
		figure(float64(r.line)), figure(days), kept,
	}
}

type questionsFileInput struct {
	Paging
	State string `query:"state" enum:"open,ignored,answered"`
}

var questionColumns = []export.Column{
	{Key: "id", Name: "编号 id"}, {Key: "shop", Name: "店铺 shop"}, {Key: "title", Name: "名称 title"}, {Key: "code", Name: "店铺商品编号 code"}, {Key: "barcode", Name: "条码 barcode"},
	{Key: "orders", Name: "订单 orders", Kind: export.Number}, {Key: "first", Name: "第一次 first", Kind: export.Moment}, {Key: "last", Name: "最近 last", Kind: export.Moment},
	{Key: "product", Name: "商品编号 product"}, {Key: "by", Name: "处理人 by"},
}

func questionCells(q *ProductQuestion) []string {
	return []string{q.ID, q.Shop, q.Title, q.Code, q.Barcode, strconv.Itoa(q.Orders), q.First, q.Last, q.Product, zh(q.By)}
}

// zh is a text's Chinese, empty for none.
func zh(t *Text) string {
	if t == nil {
		return ""
	}
	return t.Zh
}

// figure is a number as a cell; nothing said is empty.
func figure(n float64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

type tagsFileInput struct {
	Programme string `query:"programme" maxLength:"60"`
	Q         string `query:"q" maxLength:"80" doc:"looked for in key, name, meaning and rule"`
	Group     string `query:"group" maxLength:"64"`
	Kind      string `query:"kind" enum:"tag,segment,"`
}

var tagColumns = []export.Column{
	{Key: "programme", Name: "项目 programme"}, {Key: "key", Name: "编号 key"}, {Key: "kind", Name: "类型 kind"}, {Key: "group", Name: "分组 group"},
	{Key: "name", Name: "名称 name"}, {Key: "name_en", Name: "英文名称 name in English"}, {Key: "meaning", Name: "含义 meaning"}, {Key: "meaning_en", Name: "英文含义 meaning in English"},
	{Key: "rule", Name: "规则 rule"}, {Key: "rule_in_words", Name: "规则的说明 rule in words"}, {Key: "needs", Name: "需要的数据 needs"}, {Key: "by_hand", Name: "可手动 by hand"},
	{Key: "source", Name: "依据 source"}, {Key: "people", Name: "有此标签 people", Kind: export.Number}, {Key: "without", Name: "没有 without", Kind: export.Number},
	{Key: "unknown", Name: "数据不足 not enough data", Kind: export.Number}, {Key: "gained_7d", Name: "7 天新增 gained in 7 days", Kind: export.Number},
	{Key: "lost_7d", Name: "7 天减少 lost in 7 days", Kind: export.Number}, {Key: "used_by", Name: "用到之处 used by", Kind: export.Number},
}

func (s *Server) tagsFile(ctx context.Context, q url.Values) ([][]string, error) {
	in := &tagsFileInput{}
	if err := filled(q, in); err != nil {
		return nil, err
	}
	c, _, err := s.authorize(ctx, staff.CanExport)
	if err != nil {
		return nil, err
	}
	all, err := s.tagCatalogue(ctx, &tagsIn{OfProgramme: OfProgramme{in.Programme}, Q: in.Q, Group: in.Group, Kind: in.Kind})
	if err != nil {
		return nil, err
	}
	p, err := c.programmeOr(in.Programme)
	if err != nil {
		return nil, err
	}
	groups := map[string]string{}
	for _, g := range all.Groups {
		groups[g.Key] = g.Name.Zh
	}
	var rows [][]string
	for i := range all.Items {
		l := &all.Items[i]
		said := Text{}
		if k := p.TagIndex(l.Key); k >= 0 {
			said = readingOf(p.Compiled, &p.Tags[k])
		}
		rows = append(rows, []string{
			all.Programme, l.Key, map[string]string{"tag": "标签", "segment": "人群"}[l.Kind], groups[l.Group], l.Name.Zh, l.Name.En, l.Plain.Zh, l.Plain.En, l.Rule, said.Zh, l.Needs,
			map[bool]string{true: "是", false: "否"}[l.ByHand], l.Source, strconv.Itoa(l.Has), countText(l.No), countText(l.Unknown), strconv.Itoa(l.Gained7d), strconv.Itoa(l.Lost7d), strconv.Itoa(l.UsedBy),
		})
	}
	return rows, s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "tags.export", 0, map[string]any{"rows": len(rows), "programme": all.Programme}))
}

func countText(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

type layersFileInput struct {
	Programme string `query:"programme" maxLength:"60"`
}

var layerColumns = []export.Column{
	{Key: "person", Name: "人员编号 person"}, {Key: "name", Name: "姓名 name"}, {Key: "owner", Name: "负责人 owner"}, {Key: "layer", Name: "分层 layer"},
	{Key: "layer_key", Name: "分层编号 layer key"}, {Key: "why", Name: "原因 why"}, {Key: "since", Name: "进入时间 since", Kind: export.Moment},
	{Key: "planned", Name: "28 天应联系 planned in 28 days", Kind: export.Number}, {Key: "done", Name: "28 天已联系 done in 28 days", Kind: export.Number}, {Key: "behind", Name: "欠联系 behind"},
}

func (s *Server) layersFile(ctx context.Context, q url.Values) ([][]string, error) {
	in := &layersFileInput{}
	if err := filled(q, in); err != nil {
		return nil, err
	}
	c, _, err := s.authorize(ctx, staff.CanExport)
	if err == nil {
		c, _, err = s.authorize(ctx, staff.CanReadProgress)
	}
	if err != nil {
		return nil, err
	}
	p, err := c.programmeOr(in.Programme)
	if err != nil {
		return nil, err
	}
	f, err := s.layerFigures(ctx, c, p, true)
	if err != nil {
		return nil, err
	}
	reasons := make([][]layerCause, len(p.Layers))
	for k := range p.Layers {
		reasons[k] = causes(p, &p.Tags[p.TagIndex(p.Layers[k].Tag)])
	}
	rows := make([][]string, 0, len(f.Standings))
	people := make([]person.Number, 0, len(f.Standings))
	for i := range f.Standings {
		at, given := &f.Standings[i], f.Given[i]
		card, ok := c.space.Conductor.Directory().ByNumber(person.Number(at.Person))
		if !ok {
			continue
		}
		people = append(people, card.Number)
		row := []string{string(card.ID), c.nameOf(card), refName(c.space.ref(ctx, s.store, card.Owner)), "不在任何一层", "", "", "", "", "", ""}
		if at.Layer != layer.None {
			t := &p.Tags[p.TagIndex(p.Layers[at.Layer].Tag)]
			var why []string
			for _, x := range reasons[at.Layer] {
				if x.brought(reasons[at.Layer], f.States[i]) {
					why = append(why, x.name.Zh)
				}
			}
			copy(row[3:], []string{
				t.Name.Zh, t.Key, strings.Join(why, "；"), moment(at.Since, c.space.loc), strconv.Itoa(given.Planned), strconv.Itoa(given.Done), map[bool]string{true: "是", false: "否"}[given.Behind()],
			})
		}
		rows = append(rows, row)
	}
	order := func(row []string) int { // as the screen has the layers
		return slices.IndexFunc(p.Layers, func(y programme.Layer) bool { return y.Tag == row[4] })
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return cmp.Compare(uint(order(a)), uint(order(b))) })
	if err := cmp.Or(ctx.Err(), advance(ctx, len(rows), len(rows))); err != nil {
		return nil, err
	}
	return rows, s.read(ctx, c, "layers.export", people...)
}

// importsShared is the list of imports. The name of a file may be somebody's: it stays here when names are not sent.
func (s *Server) importsShared(ctx context.Context, in *importsInput) (Listing[Import], error) {
	all, err := s.imports(ctx, in)
	if c := callerOf(ctx); c != nil && c.sending != nil && c.masked() {
		for i := range all.Items {
			all.Items[i].Name = ""
		}
	}
	return all, err
}

var importColumns = []export.Column{
	{Key: "number", Name: "编号 number", Kind: export.Number}, {Key: "name", Name: "文件 name"}, {Key: "kind", Name: "类型 kind"}, {Key: "state", Name: "状态 state"}, {Key: "by", Name: "谁 by"},
	{Key: "created", Name: "上传 created", Kind: export.Moment}, {Key: "started", Name: "开始 started", Kind: export.Moment}, {Key: "ended", Name: "结束 ended", Kind: export.Moment},
	{Key: "bytes", Name: "字节 bytes", Kind: export.Number}, {Key: "rows", Name: "行数 rows", Kind: export.Number}, {Key: "taken", Name: "收下 taken", Kind: export.Number},
	{Key: "repeated", Name: "重复 repeated", Kind: export.Number}, {Key: "refused", Name: "拒收 refused", Kind: export.Number}, {Key: "waiting", Name: "等本人同意 waiting for consent", Kind: export.Number},
	{Key: "events", Name: "事件 events", Kind: export.Number}, {Key: "taken_back", Name: "撤回 taken back", Kind: export.Number}, {Key: "problem", Name: "原因 problem"},
}

var importStates = map[string]string{
	"draft": "待设置", "waiting": "排队中", "running": "进行中", "stopped": "已停下", "done": "已完成", "failed": "没有读完", "undoing": "正在撤回", "undone": "已撤回",
}

func importCells(v *Import) []string {
	by, back, problem := "", "", ""
	if v.By != nil {
		by = v.By.Zh
	}
	if v.Undo != nil {
		back = strconv.Itoa(v.Undo.Taken)
	}
	if v.Problem != nil {
		problem = v.Problem.Text.Zh
	}
	r, n := &v.Report, strconv.Itoa
	return []string{
		strconv.FormatInt(v.Number, 10), v.Name, map[string]string{"table": "文件", "withdraw": "撤回来源"}[v.Kind], importStates[v.State], by, v.Created, v.Started, v.Ended, strconv.FormatInt(v.Size, 10),
		n(r.Rows), n(r.Taken), n(r.Repeated), n(r.Refused), n(r.Kept), n(r.Events), back, problem,
	}
}

// waitingColumns never say what the data are: those stay sealed until their person agrees.
var waitingColumns = []export.Column{
	{Key: "id", Name: "编号 id", Kind: export.Number}, {Key: "at", Name: "收到 at", Kind: export.Moment}, {Key: "person", Name: "人员编号 person"}, {Key: "name", Name: "姓名 name"},
	{Key: "source", Name: "来源 source"}, {Key: "reason", Name: "原因 reason"},
}

func waitingPerson(q *Quarantined) string {
	if q.Person == nil {
		return ""
	}
	return q.Person.ID
}

func waitingCells(q *Quarantined) []string {
	return []string{strconv.FormatInt(q.ID, 10), q.At, waitingPerson(q), refName(q.Person), q.Source, q.Text.Zh}
}
