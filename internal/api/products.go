package api

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/medicine"
	"peiban/internal/product"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// catalogue keeps what shops sell.
type catalogue interface {
	Products(ctx context.Context, w workspace.Number) (*product.Catalogue, error)
	SaveProducts(ctx context.Context, w workspace.Number, ps []product.Product, at int64, actor string, entries ...audit.Entry) error
	SaveProductSetting(ctx context.Context, w workspace.Number, set product.Setting, at int64, actor string, entries ...audit.Entry) error
	ProductQuestions(ctx context.Context, w workspace.Number, state string) ([]product.Question, error)
	ProductQuestion(ctx context.Context, w workspace.Number, hash [16]byte) (product.Question, error)
	DecideProductQuestion(ctx context.Context, w workspace.Number, hash [16]byte, state, actor string, at int64, entries ...audit.Entry) error
}

// ProductSaid is what is said of a product.
type ProductSaid struct {
	NameZh   string        `json:"nameZh" minLength:"1" maxLength:"120"`
	NameEn   string        `json:"nameEn,omitempty" maxLength:"120"`
	Kind     string        `json:"kind" enum:"strips,meter,lancets,sensor,medicine,device,food,other"`
	SKUs     []product.SKU `json:"skus,omitempty" maxItems:"200"`
	Barcodes []string      `json:"barcodes,omitempty" maxItems:"200"`
	Titles   []string      `json:"titles,omitempty" maxItems:"200" doc:"patterns: every word of one must occur in an order's title"`
	Units    float64       `json:"units,omitempty" minimum:"0" doc:"pieces in a box, such as strips"`
	PerDay   float64       `json:"perDay,omitempty" minimum:"0" doc:"pieces used a day, 1/d; not given: as set for the kind"`
	Days     float64       `json:"days,omitempty" minimum:"0" doc:"how long a box lasts, d; not given: pieces ÷ use"`
	Generic  string        `json:"generic,omitempty" doc:"of a medicine, key of the catalogue of medicines"`
	Retired  bool          `json:"retired,omitempty" doc:"not sold any more; orders of the past still find it"`
}

// Product is one thing sold.
type Product struct {
	ID string `json:"id"`
	ProductSaid
	KindText    Text     `json:"kindText"`
	GenericText *Text    `json:"genericText,omitempty"`
	BoxDays     *float64 `json:"boxDays,omitempty" doc:"how long one box lasts by all of this, d"`
	Revision    int64    `json:"revision" doc:"send it back with a change"`
	At          string   `json:"at"`
	By          *Text    `json:"by,omitempty"`
}

// Products is a page of them, with what is needed to write one.
type Products struct {
	Listing[Product]
	Kinds     []Choice           `json:"kinds"`
	Medicines []Choice           `json:"medicines"`
	PerDay    map[string]float64 `json:"perDay" doc:"pieces used a day where a product says nothing, by kind, 1/d"`
	MayManage bool               `json:"mayManage"`
	Open      int                `json:"open" doc:"questions that wait: lines of orders nobody knows the product of"`
}

// ProductQuestion is what orders say of a product nobody knows.
type ProductQuestion struct {
	ID       string `json:"id"`
	Shop     string `json:"shop,omitempty"`
	ShopText *Text  `json:"shopText,omitempty" doc:"where the shop is one the catalogue of events has a word for"`
	Title    string `json:"title,omitempty"`
	Code     string `json:"code,omitempty" doc:"the shop's"`
	Barcode  string `json:"barcode,omitempty"`
	Orders   int    `json:"orders" doc:"orders, refunds and fills of medicines that wait for the answer"`
	First    string `json:"first"`
	Last     string `json:"last"`
	By       *Text  `json:"by,omitempty" doc:"who put it aside"`
	Product  string `json:"product,omitempty" doc:"the product it is by now; where the question is open it is one that does not say how long it lasts: change it"`
}

// Completed is how many orders and refunds got their product.
type Completed struct {
	Product   *Product `json:"product,omitempty"`
	Completed int      `json:"completed" doc:"earlier orders and refunds that got their product by it"`
}

// ProductsRead is what became of a file.
type ProductsRead struct {
	Rows      int              `json:"rows"`
	Added     int              `json:"added"`
	Changed   int              `json:"changed"`
	Same      int              `json:"same"`
	Refused   []ProductRefused `json:"refused"`
	Completed int              `json:"completed" doc:"earlier orders and refunds that got their product by it"`
}

// ProductRefused is a row that was not taken, and why.
type ProductRefused struct {
	Line int    `json:"line"`
	Code string `json:"code"`
	Text Text   `json:"text"`
	Hint *Text  `json:"hint,omitempty"`
}

type productsInput struct {
	Paging
	Q       string `query:"q" maxLength:"120" doc:"words of the name, a code or a barcode"`
	Kind    string `query:"kind" enum:"strips,meter,lancets,sensor,medicine,device,food,other"`
	Retired bool   `query:"retired" doc:"those not sold any more too"`
}

// OfProduct names a product.
type OfProduct struct {
	ID string `path:"product" maxLength:"60"`
}

type addProductInput struct{ Body ProductSaid }

type changeProductInput struct {
	OfProduct
	Body struct {
		ProductSaid
		Revision int64 `json:"revision" doc:"as it was read"`
	}
}

type productSettingInput struct {
	Body struct {
		PerDay map[string]float64 `json:"perDay" doc:"by kind, 1/d; 0 or not given: nothing is taken"`
	}
}

type questionsInput struct {
	State string `query:"state" enum:"open,ignored,answered" doc:"open when not given; answered: those whose orders have a product by an answer, which may be changed"`
}

type answerQuestionInput struct {
	ID   string `path:"question" maxLength:"32"`
	Body struct {
		Product string       `json:"product,omitempty" maxLength:"60" doc:"it is this one"`
		New     *ProductSaid `json:"new,omitempty" doc:"it is a new one"`
		Ignore  *bool        `json:"ignore,omitempty" doc:"true: it is nothing of ours; false: ask again"`
	}
}

// largestProducts is how large a file of products may be, in bytes.
const largestProducts = 8 << 20

var (
	errProductAnswer = fault.New(fault.Invalid, "product_answer", "三选一：已有商品、新商品或忽略", "say one of three: a product, a new one, or ignore").At("body")
	errProductUse    = fault.New(fault.Invalid, "product_number", "每天用量应在 0 到 1000 之间", "0 to 1000 a day").At("body.perDay")
	errGenericNone   = fault.New(fault.Invalid, "product_generic", "药品目录里没有这个通用名", "the catalogue of medicines has no such generic name").At("body.generic")
	errProductOther  = fault.New(fault.Clash, "product_name_taken", "另一个商品的编码或标题里的词也认得它", "another product has a code or words that find it too").Because("先从那个商品里去掉，再答", "take it from that product first")
	errProductIDs    = fault.New(fault.Clash, "product_exists", "已有同名商品", "there is such a product already").At("body.nameZh").Because("在它上面改，或换一个名称", "change that one, or take another name")
	errProductsLarge = fault.New(fault.TooLarge, "products_too_large", "文件太大，最多 8 MB", "the file is too large, 8 MB at most").Because("分成几份", "split it")
)

func (s *Server) productOperations() {
	serve(s, operation{"products", http.MethodGet, "/api/products", "products", "What shops sell, as the workspace knows it", forStaff}, s.products)
	serve(s, operation{"add-product", http.MethodPost, "/api/products", "products", "Add a product; earlier orders it explains are completed", forStaff}, s.addProduct)
	serve(s, operation{"change-product", http.MethodPut, "/api/products/{product}", "products", "Change a product, retire it or take it up again", forStaff}, s.changeProduct)
	serve(s, operation{"set-product-use", http.MethodPut, "/api/products/setting", "products", "Say how much is used a day where a product says nothing", forStaff}, s.setProductUse)
	serve(s, operation{"product-questions", http.MethodGet, "/api/products/questions", "products", "Lines of orders nobody knows the product of, the most frequent first", forStaff}, s.productQuestions)
	serve(s, operation{"answer-product", http.MethodPost, "/api/products/questions/{question}/answer", "products", "Say which product it is; the orders that wait are completed", forStaff}, s.answerProduct)

	op := s.describe(operation{"read-products", http.MethodPost, "/api/products/file", "products", "Take products from a file: CSV, Excel or YAML; safe to repeat", forStaff})
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/octet-stream": {}}}
	op.Responses = map[string]*huma.Response{"200": {Description: "what became of each row", Content: map[string]*huma.MediaType{"application/json": {
		Schema: s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[ProductsRead](), true, "ProductsRead")}}}}
	s.huma.OpenAPI().AddOperation(&op)
}

func (s *Server) productRoutes(mux *http.ServeMux) {
	mux.HandleFunc("POST /api/products/file", func(w http.ResponseWriter, r *http.Request) {
		requestOf(r.Context()).route = "/api/products/file"
		out, err := s.readProducts(w, r)
		if err != nil {
			w.Header().Set("Connection", "close") // the rest of a refused file is not waited for
			writeProblem(w, r, s.fails(requestOf(r.Context()), err))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = s.huma.Marshal(w, "application/json", out) // the client is gone: nobody to tell
	})
}

// found are the products a list asks for, in the order of their names.
func (in *productsInput) found(c *product.Catalogue) []*product.Product {
	words := strings.Fields(product.Fold(in.Q))
	var out []*product.Product
	for i := range c.Products {
		p := &c.Products[i]
		if p.Retired && !in.Retired || in.Kind != "" && p.Kind != in.Kind {
			continue
		}
		all := []string{p.ID, p.NameZh, p.NameEn, p.Generic}
		for _, k := range p.SKUs {
			all = append(all, k.Code)
		}
		text := product.Fold(strings.Join(slices.Concat(all, p.Barcodes, p.Titles), "\n"))
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b *product.Product) int { return strings.Compare(a.NameZh, b.NameZh) })
	return out
}

func (s *Server) productView(ctx context.Context, c *caller, cat *product.Catalogue, p *product.Product) Product {
	out := Product{ID: p.ID, ProductSaid: saidOf(p), KindText: product.KindNames[p.Kind], Revision: p.Revision, At: moment(p.At, c.space.loc), By: s.actorName(ctx, c, p.Actor)}
	if g, ok := medicine.Of(p.Generic); ok {
		out.GenericText = &g.Name
	}
	if _, days := cat.Supply(p, 1); days == days {
		out.BoxDays = &days
	}
	return out
}

func saidOf(p *product.Product) ProductSaid {
	return ProductSaid{p.NameZh, p.NameEn, p.Kind, p.SKUs, p.Barcodes, p.Titles, p.Units, p.PerDay, p.Days, p.Generic, p.Retired}
}

// product is what was said as a product of that id and revision.
func (b *ProductSaid) product(id string, revision int64) (product.Product, error) {
	p := product.Product{
		ID: id, NameZh: b.NameZh, NameEn: b.NameEn, Kind: b.Kind, SKUs: b.SKUs, Barcodes: b.Barcodes, Titles: b.Titles, Units: b.Units, PerDay: b.PerDay,
		Days: b.Days, Generic: b.Generic, Retired: b.Retired, Revision: revision,
	}
	if fl := p.Check(); fl != nil {
		return p, fl.At("body.%s", fl.Field)
	}
	if p.Generic != "" {
		if _, ok := medicine.Of(p.Generic); !ok {
			return p, errGenericNone
		}
	}
	return p, nil
}

func (s *Server) products(ctx context.Context, in *productsInput) (Products, error) {
	c, _, err := s.authorize(ctx, staff.CanReadIntake)
	if err != nil {
		return Products{}, err
	}
	cat, err := s.store.Products(ctx, c.space.number())
	if err != nil {
		return Products{}, err
	}
	open, err := s.store.ProductQuestions(ctx, c.space.number(), product.Open)
	if err != nil {
		return Products{}, err
	}
	list := in.found(cat)
	start, err := offset(in.Cursor, len(list))
	if err != nil {
		return Products{}, err
	}
	end := min(start+in.limit(50), len(list))
	out := Products{Listing: Listing[Product]{Items: []Product{}, Total: len(list)}, Kinds: []Choice{}, Medicines: []Choice{}, PerDay: map[string]float64{},
		MayManage: c.member.Role.Can(staff.CanManageIntake), Open: len(open)}
	for _, p := range list[start:end] {
		out.Items = append(out.Items, s.productView(ctx, c, cat, p))
	}
	if end < len(list) {
		out.NextCursor = fmt.Sprint(end)
	}
	for _, k := range product.Kinds {
		out.Kinds = append(out.Kinds, Choice{k, product.KindNames[k]})
	}
	for _, g := range medicine.All() {
		out.Medicines = append(out.Medicines, Choice{g.Key, g.Name})
	}
	for k, v := range cat.Setting.PerDay {
		out.PerDay[k] = v
	}
	return out, nil
}

// saveProducts writes products and completes the orders they explain.
func (s *Server) saveProducts(ctx context.Context, c *caller, action string, ps ...product.Product) (int, error) {
	ids := make([]string, 0, len(ps))
	for i := range ps {
		if len(ids) < 20 {
			ids = append(ids, ps[i].ID)
		}
	}
	if len(ps) > 0 {
		err := s.store.SaveProducts(ctx, c.space.number(), ps, s.real().UnixMicro(), c.actor(), s.entry(ctx, c, action, 0, map[string]any{"products": ids, "count": len(ps)}))
		if fl := fault.Of(err); fl != nil && fl.Field != "" && !strings.HasPrefix(fl.Field, "body.") {
			return 0, fl.At("body.%s", fl.Field)
		}
		if err != nil {
			return 0, err
		}
	}
	return c.space.Conductor.CompleteSold(ctx, s.entry(ctx, c, "product.complete", 0, nil))
}

// saved answers with a product as it stands.
func (s *Server) saved(ctx context.Context, c *caller, id string, completed int) (Completed, error) {
	cat, err := s.store.Products(ctx, c.space.number())
	if err != nil {
		return Completed{}, err
	}
	out := Completed{Completed: completed}
	if p, ok := cat.ByID(id); ok {
		v := s.productView(ctx, c, cat, p)
		out.Product = &v
	}
	return out, nil
}

func (s *Server) addProduct(ctx context.Context, in *addProductInput) (Completed, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return Completed{}, err
	}
	p, err := in.Body.product(product.NewID(in.Body.NameZh, in.Body.NameEn), 0)
	if err != nil {
		return Completed{}, err
	}
	n, err := s.saveProducts(ctx, c, "product.add", p)
	if fl := fault.Of(err); fl != nil && fl.Code == "product_changed" {
		return Completed{}, errProductIDs
	}
	if err != nil {
		return Completed{}, err
	}
	return s.saved(ctx, c, p.ID, n)
}

func (s *Server) changeProduct(ctx context.Context, in *changeProductInput) (Completed, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return Completed{}, err
	}
	cat, err := s.store.Products(ctx, c.space.number())
	if err != nil {
		return Completed{}, err
	}
	if _, ok := cat.ByID(in.ID); !ok {
		return Completed{}, errNoProduct
	}
	p, err := in.Body.product(in.ID, in.Body.Revision)
	if err != nil {
		return Completed{}, err
	}
	n, err := s.saveProducts(ctx, c, "product.change", p)
	if err != nil {
		return Completed{}, err
	}
	return s.saved(ctx, c, p.ID, n)
}

var errNoProduct = fault.New(fault.Missing, "product_not_found", "没有这个商品", "there is no such product")

func (s *Server) setProductUse(ctx context.Context, in *productSettingInput) (Completed, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return Completed{}, err
	}
	set := product.Setting{PerDay: map[string]float64{}}
	for k, v := range in.Body.PerDay {
		if !slices.Contains(product.Kinds, k) || !(v >= 0 && v <= 1000) {
			return Completed{}, errProductUse
		}
		if v > 0 {
			set.PerDay[k] = v
		}
	}
	if err := s.store.SaveProductSetting(ctx, c.space.number(), set, s.real().UnixMicro(), c.actor(), s.entry(ctx, c, "product.setting", 0, map[string]any{"perDay": set.PerDay})); err != nil {
		return Completed{}, err
	}
	return Completed{}, nil
}

func (s *Server) productQuestions(ctx context.Context, in *questionsInput) (Listing[ProductQuestion], error) {
	c, _, err := s.authorize(ctx, staff.CanReadIntake)
	if err != nil {
		return Listing[ProductQuestion]{}, err
	}
	state := in.State
	if state == "" {
		state = product.Open
	}
	list, err := s.store.ProductQuestions(ctx, c.space.number(), state)
	if err != nil {
		return Listing[ProductQuestion]{}, err
	}
	cat, err := s.store.Products(ctx, c.space.number())
	if err != nil {
		return Listing[ProductQuestion]{}, err
	}
	out := Listing[ProductQuestion]{Items: []ProductQuestion{}, Total: len(list)}
	for i := range list {
		q := &list[i]
		v := ProductQuestion{
			ID: hex.EncodeToString(q.Hash[:]), Shop: q.Line.Shop, Title: q.Line.Title, Code: q.Line.SKU, Barcode: q.Line.Barcode, Orders: q.Orders,
			First: moment(q.First, c.space.loc), Last: moment(q.Last, c.space.loc), By: s.actorName(ctx, c, q.Actor),
		}
		if p, ok := cat.Resolve(q.Line); ok {
			v.Product = p.ID
		}
		if w := event.Order.Spec().Word(event.Order.Spec().Field("shop"), q.Line.Shop); w != (Text{}) {
			v.ShopText = &w
		}
		if v.Code == "" && q.Line.Product != q.Line.Title {
			v.Code = q.Line.Product
		}
		out.Items = append(out.Items, v)
	}
	return out, nil
}

func (s *Server) answerProduct(ctx context.Context, in *answerQuestionInput) (Completed, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return Completed{}, err
	}
	var hash [16]byte
	if b, err := hex.DecodeString(in.ID); err == nil {
		copy(hash[:], b)
	}
	q, err := s.store.ProductQuestion(ctx, c.space.number(), hash)
	if err != nil {
		return Completed{}, err
	}
	b := &in.Body
	if (b.Product != "") == (b.New != nil) && b.Ignore == nil || b.Ignore != nil && (b.Product != "" || b.New != nil) {
		return Completed{}, errProductAnswer
	}
	if b.Ignore != nil {
		state := product.Open
		if *b.Ignore {
			state = product.Ignored
		}
		return Completed{}, s.store.DecideProductQuestion(ctx, c.space.number(), hash, state, c.actor(), s.real().UnixMicro(),
			s.entry(ctx, c, "product.question", 0, map[string]any{"question": in.ID, "state": state}))
	}
	var p product.Product
	if b.New != nil {
		if p, err = b.New.product(product.NewID(b.New.NameZh, b.New.NameEn), 0); err != nil {
			return Completed{}, err
		}
	} else {
		cat, err := s.store.Products(ctx, c.space.number())
		if err != nil {
			return Completed{}, err
		}
		old, ok := cat.ByID(b.Product)
		if !ok {
			return Completed{}, errNoProduct.At("body.product")
		}
		p = *old
	}
	change, err := s.moved(ctx, c, q.Line, p)
	if err != nil {
		return Completed{}, err
	}
	n, err := s.saveProducts(ctx, c, "product.answer", change...)
	if fl := fault.Of(err); fl != nil && fl.Code == "product_changed" && b.New != nil {
		return Completed{}, errProductIDs
	}
	if err != nil {
		return Completed{}, err
	}
	return s.saved(ctx, c, p.ID, n)
}

// moved is p with what the line calls it, and the product that was called so by mistake without it.
func (s *Server) moved(ctx context.Context, c *caller, l product.Line, p product.Product) ([]product.Product, error) {
	cat, err := s.store.Products(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	out := []product.Product{p}
	if old, ok := cat.Resolve(l); ok && old.ID != p.ID {
		if before := *old; before.Forget(l) {
			out = append(out, before)
		}
	}
	next := func() *product.Catalogue {
		all := slices.DeleteFunc(slices.Clone(cat.Products), func(x product.Product) bool {
			return slices.ContainsFunc(out, func(y product.Product) bool { return x.ID == y.ID })
		})
		return product.New(0, append(all, out...), product.Setting{})
	}
	is := func() bool { x, ok := next().Resolve(l); return ok && x.ID == p.ID }
	if !is() {
		to := &out[0]
		to.SKUs, to.Barcodes, to.Titles = slices.Clone(p.SKUs), slices.Clone(p.Barcodes), slices.Clone(p.Titles)
		to.Learn(l)
		if fl := to.Check(); fl != nil {
			return nil, fl.At("body.%s", fl.Field)
		}
		if !is() {
			return nil, errProductOther
		}
	}
	return out, nil
}

func (s *Server) readProducts(w http.ResponseWriter, r *http.Request) (ProductsRead, error) {
	ctx := r.Context()
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return ProductsRead{}, err
	}
	all, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestProducts+1))
	if err != nil || len(all) > largestProducts {
		return ProductsRead{}, errProductsLarge
	}
	ps, refused, err := product.Read(bytes.NewReader(all))
	if err != nil {
		return ProductsRead{}, err
	}
	cat, err := s.store.Products(ctx, c.space.number())
	if err != nil {
		return ProductsRead{}, err
	}
	d := product.Compare(cat, ps, func(p *product.Product) bool { _, ok := medicine.Of(p.Generic); return ok || p.Generic == "" })
	out := ProductsRead{Rows: len(ps) + len(refused), Added: d.Added, Changed: d.Changed, Same: d.Same, Refused: []ProductRefused{}}
	for _, x := range append(refused, d.Refused...) {
		one := ProductRefused{Line: x.Line, Code: x.Why.Code, Text: x.Why.Text}
		if x.Why.Hint != (Text{}) {
			one.Hint = &x.Why.Hint
		}
		out.Refused = append(out.Refused, one)
	}
	slices.SortStableFunc(out.Refused, func(a, b ProductRefused) int { return a.Line - b.Line })
	out.Completed, err = s.saveProducts(ctx, c, "product.file", d.Save...)
	return out, err
}

// productColumns are those of a file of products, which is read back as it is.
var productColumns = func() []export.Column {
	var out []export.Column
	for _, c := range product.Columns {
		out = append(out, export.Column{Key: c.Key, Name: c.Header.Zh + " " + c.Key})
	}
	return out
}()

func (s *Server) productsFile(ctx context.Context, q url.Values) ([][]string, error) {
	c, _, err := s.authorize(ctx, staff.CanReadIntake)
	if err != nil {
		return nil, err
	}
	cat, err := s.store.Products(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	if err := onlyKnown(q, queryNames(reflect.TypeFor[productsInput]())); err != nil {
		return nil, err
	}
	in := productsInput{Q: q.Get("q"), Kind: q.Get("kind"), Retired: q.Get("retired") == "true"}
	var rows [][]string
	for _, p := range in.found(cat) {
		var cells []string
		for _, col := range product.Columns {
			v := col.Value(p)
			if col.Key == "kind" {
				v = product.KindNames[p.Kind].Zh
			}
			cells = append(cells, v)
		}
		rows = append(rows, cells)
	}
	return rows, s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "products.export", 0, map[string]any{"count": len(rows)}))
}
