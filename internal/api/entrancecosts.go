package api

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/oklog/ulid/v2"

	"peiban/internal/entrance"
	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/sheet"
	"peiban/internal/staff"
)

// CostSaid is money spent on a code.
type CostSaid struct {
	From   string `json:"from" maxLength:"10" doc:"first day, 2026-03-01"`
	To     string `json:"to,omitempty" maxLength:"10" doc:"last day; the first when not given. The amount is spread evenly over the days"`
	Fen    int64  `json:"fen" doc:"amount in fen"`
	What   string `json:"what" minLength:"1" maxLength:"120" doc:"what for"`
	Voided bool   `json:"voided,omitempty" doc:"taken back: it counts nowhere, and stays to be seen"`
}

// Cost is one entry.
type Cost struct {
	ID       string `json:"id"`
	Entrance Ref    `json:"entrance"`
	CostSaid
	At      string `json:"at"`
	By      *Text  `json:"by,omitempty"`
	Version int64  `json:"version" doc:"send it as If-Match with a change"`
}

func (c Cost) etag() string { return quoted(c.Version) }

// CostsRead is what became of a file.
type CostsRead struct {
	Rows    int              `json:"rows"`
	Added   int              `json:"added"`
	Same    int              `json:"same" doc:"that were here already"`
	Refused []ProductRefused `json:"refused"`
}

type costsInput struct {
	Paging
	Entrance string `query:"entrance" maxLength:"40" doc:"id of a code"`
}

type addCostInput struct {
	OfEntrance
	Body CostSaid
}

type changeCostInput struct {
	ID string `path:"cost" maxLength:"40"`
	Based
	Body CostSaid
}

var (
	errNoCost     = fault.New(fault.Missing, "cost_not_found", "没有这笔费用", "there is no such cost")
	errCostsLarge = fault.New(fault.TooLarge, "costs_too_large", "文件太大，最多 4 MB", "the file is too large, 4 MB at most").Because("分成几份", "split it")
)

// largestCosts is how large a file of costs may be, in bytes.
const (
	largestCosts = 4 << 20
	costsFile    = "/api/entrance-costs/file"
)

func (s *Server) costOperations() {
	serve(s, operation{"entrance-costs", http.MethodGet, "/api/entrance-costs", "channels", "What was spent on entry codes, newest days first", forStaff}, s.listCosts)
	serve(s, operation{"add-entrance-cost", http.MethodPost, "/api/entrances/{entrance}/costs", "channels", "Note money spent on a code", forStaff}, s.addCost)
	serve(s, operation{"change-entrance-cost", http.MethodPut, "/api/entrance-costs/{cost}", "channels", "Correct a cost, or take it back", forStaff}, s.changeCost)

	op := s.describe(operation{"read-entrance-costs", http.MethodPost, costsFile, "channels", "Take costs from a table, CSV or Excel; safe to repeat", forStaff})
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {}}}
	op.Responses = map[string]*huma.Response{"200": {Description: "what became of each row", Content: map[string]*huma.MediaType{"application/json": {
		Schema: s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[CostsRead](), true, "CostsRead")}}}}
	s.huma.OpenAPI().AddOperation(&op)
}

func (s *Server) costRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST "+costsFile, func(w http.ResponseWriter, r *http.Request) {
		requestOf(r.Context()).route = costsFile
		out, err := s.readCosts(w, r)
		if err != nil {
			w.Header().Set("Connection", "close") // the rest of a refused file is not waited for
			writeProblem(w, r, s.fails(requestOf(r.Context()), err))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = s.huma.Marshal(w, "application/json", out) // the client is gone: nobody to tell
	})
}

func (s *Server) costsOf(ctx context.Context, c *caller, b *entrance.Book, fits func(*entrance.Cost) bool) ([]Cost, error) {
	all, err := s.store.Costs(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	out := []Cost{}
	for i := range all {
		x := &all[i]
		if e := b.ByID(x.Entrance); e != nil && c.mine(e) && fits(x) {
			out = append(out, Cost{
				ID: x.ID, Entrance: Ref{e.ID, e.Name}, CostSaid: CostSaid{entrance.Date(x.From), entrance.Date(x.To), x.Fen, x.What, x.Voided},
				At: moment(x.At, c.space.loc), By: s.actorName(ctx, c, x.Actor), Version: x.Revision,
			})
		}
	}
	return out, nil
}

func (s *Server) listCosts(ctx context.Context, in *costsInput) (Listing[Cost], error) {
	c, b, err := s.book(ctx, staff.CanReadPeople)
	if err != nil {
		return Listing[Cost]{}, err
	}
	list, err := s.costsOf(ctx, c, b, func(x *entrance.Cost) bool { return in.Entrance == "" || x.Entrance == in.Entrance })
	if err != nil {
		return Listing[Cost]{}, err
	}
	start, err := offset(in.Cursor, len(list))
	if err != nil {
		return Listing[Cost]{}, err
	}
	end := min(start+in.limit(50), len(list))
	out := Listing[Cost]{Items: list[start:end], Total: len(list)}
	if end < len(list) {
		out.NextCursor = strconv.Itoa(end)
	}
	return out, nil
}

func (b *CostSaid) cost(id, of string, revision int64) (entrance.Cost, error) {
	c := entrance.Cost{ID: id, Entrance: of, From: entrance.DayFrom(b.From), To: entrance.DayFrom(b.To), Fen: b.Fen, What: strings.TrimSpace(b.What), Voided: b.Voided, Revision: revision}
	if b.To == "" {
		c.To = c.From
	}
	if fl := c.Check(); fl != nil {
		return c, fl.At("body.%s", fl.Field)
	}
	return c, nil
}

func (s *Server) addCost(ctx context.Context, in *addCostInput) (Cost, error) {
	c, b, err := s.book(ctx, staff.CanManageChannels)
	if err != nil {
		return Cost{}, err
	}
	if b.ByID(in.ID) == nil {
		return Cost{}, errNoEntrance
	}
	x, err := in.Body.cost(strings.ToLower(ulid.Make().String()), in.ID, 0)
	if err != nil {
		return Cost{}, err
	}
	return s.saveCost(ctx, c, b, x, "entrance.cost")
}

func (s *Server) saveCost(ctx context.Context, c *caller, b *entrance.Book, x entrance.Cost, action string) (Cost, error) {
	_, err := s.store.SaveCosts(ctx, c.space.number(), []entrance.Cost{x}, s.real().UnixMicro(), c.actor(),
		s.entry(ctx, c, action, 0, map[string]any{"cost": x.ID, "entrance": x.Entrance, "fen": x.Fen, "voided": x.Voided}))
	if err != nil {
		return Cost{}, err
	}
	all, err := s.costsOf(ctx, c, b, func(y *entrance.Cost) bool { return y.ID == x.ID })
	if err != nil || len(all) == 0 {
		return Cost{}, err
	}
	return all[0], nil
}

func (s *Server) changeCost(ctx context.Context, in *changeCostInput) (Cost, error) {
	c, b, err := s.book(ctx, staff.CanManageChannels)
	if err != nil {
		return Cost{}, err
	}
	all, err := s.costsOf(ctx, c, b, func(x *entrance.Cost) bool { return x.ID == in.ID })
	if err != nil {
		return Cost{}, err
	}
	if len(all) == 0 {
		return Cost{}, errNoCost
	}
	if err := in.check(all[0].Version); err != nil {
		return Cost{}, err
	}
	x, err := in.Body.cost(in.ID, all[0].Entrance.ID, all[0].Version)
	if err != nil {
		return Cost{}, err
	}
	return s.saveCost(ctx, c, b, x, "entrance.cost.change")
}

func (s *Server) readCosts(w http.ResponseWriter, r *http.Request) (CostsRead, error) {
	ctx := r.Context()
	c, b, err := s.book(ctx, staff.CanManageChannels)
	if err != nil {
		return CostsRead{}, err
	}
	all, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestCosts+1))
	if err != nil || len(all) > largestCosts {
		return CostsRead{}, errCostsLarge
	}
	costs, refused, err := entrance.ReadCosts(bytes.NewReader(all), sheet.Is(all), b)
	if err != nil {
		return CostsRead{}, err
	}
	out := CostsRead{Rows: len(costs) + len(refused), Refused: []ProductRefused{}}
	for _, x := range refused {
		one := ProductRefused{Line: x.Line, Code: x.Why.Code, Text: x.Why.Text}
		if x.Why.Hint != (Text{}) {
			one.Hint = &x.Why.Hint
		}
		out.Refused = append(out.Refused, one)
	}
	if len(costs) == 0 {
		return out, nil
	}
	out.Added, err = s.store.SaveCosts(ctx, c.space.number(), costs, s.real().UnixMicro(), c.actor(), s.entry(ctx, c, "entrance.cost.file", 0, map[string]any{"rows": len(costs)}))
	out.Same = len(costs) - out.Added
	return out, err
}

var costColumns = []export.Column{
	{Key: "code", Name: "入口码 code"}, {Key: "name", Name: "名称 name"}, {Key: "from", Name: "开始 from"}, {Key: "to", Name: "结束 to"},
	{Key: "yuan", Name: "金额（元） yuan", Kind: export.Number}, {Key: "what", Name: "用途 what"}, {Key: "voided", Name: "作废 voided"}, {Key: "by", Name: "录入人 by"},
}

func costCells(x *Cost) []string {
	voided := ""
	if x.Voided {
		voided = "1"
	}
	return []string{x.Entrance.ID, x.Entrance.Name, x.From, x.To, yuan(&x.Fen), x.What, voided, zh(x.By)}
}

// yuan is an amount in fen as it is written, empty when it is not known.
func yuan(fen *int64) string {
	if fen == nil {
		return ""
	}
	return strconv.FormatInt(*fen/100, 10) + "." + strconv.FormatInt(100+*fen%100, 10)[1:]
}

var entranceColumns = []export.Column{
	{Key: "id", Name: "编号 id"}, {Key: "state", Name: "印着的码 state"}, {Key: "url", Name: "地址 url"}, {Key: "name", Name: "名称 name"}, {Key: "kind", Name: "类型 kind"}, {Key: "channel", Name: "渠道 channel"},
	{Key: "region", Name: "地区 region"}, {Key: "place", Name: "地点 place"}, {Key: "owner", Name: "负责人 owner"}, {Key: "standing", Name: "状态 standing"}, {Key: "from", Name: "开始 from"}, {Key: "to", Name: "结束 to"},
	{Key: "opened", Name: "打开 opened", Kind: export.Number}, {Key: "late", Name: "结束后打开 late", Kind: export.Number}, {Key: "arrived", Name: "来的人 arrived", Kind: export.Number},
	{Key: "settled", Name: "沉淀 settled", Kind: export.Number}, {Key: "activated", Name: "激活 activated", Kind: export.Number}, {Key: "kept", Name: "留存 kept", Kind: export.Number}, {Key: "kept_of", Name: "满 30 天 kept of", Kind: export.Number},
	{Key: "yuan", Name: "费用（元） yuan", Kind: export.Number}, {Key: "per_settled", Name: "每沉淀（元） per settled", Kind: export.Number}, {Key: "per_activated", Name: "每激活（元） per activated", Kind: export.Number}, {Key: "per_kept", Name: "每留存（元） per kept", Kind: export.Number},
}

func entranceCells(e *Entrance) []string {
	n := func(v *int) string {
		if v == nil {
			return ""
		}
		return strconv.Itoa(*v)
	}
	f := &e.Figures
	return []string{
		e.ID, e.State, e.URL, e.Name, e.KindText.Zh, e.Channel, e.Region, e.Place, refName(e.OwnerRef), e.Standing, e.From, e.To, strconv.Itoa(f.Opened), strconv.Itoa(f.Late), strconv.Itoa(f.Arrived),
		strconv.Itoa(f.Settled), n(f.Activated), n(f.Kept), strconv.Itoa(f.KeptOf), yuan(f.Fen), yuan(f.PerSettled), yuan(f.PerActivated), yuan(f.PerKept),
	}
}
