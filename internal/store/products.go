package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/product"
	"peiban/internal/workspace"
)

var (
	// ErrNoProduct is what an unknown product gives.
	ErrNoProduct = fault.New(fault.Missing, "product_not_found", "没有这个商品", "there is no such product")
	// ErrProductChanged means that a product changed since it was read.
	ErrProductChanged = fault.New(fault.Stale, "product_changed", "商品刚刚被改过，请刷新", "the product changed meanwhile; load it again")
	// ErrNoQuestion is what an unknown question gives.
	ErrNoQuestion = fault.New(fault.Missing, "question_not_found", "没有这个问题，可能已有人答过", "there is no such question; somebody may have answered it")
)

// settingID is where the setting of the catalogue lies among the products. No product may be called so.
const settingID = ""

const newestRevision = `SELECT coalesce(max(revision), 0) FROM product WHERE workspace = $1`

// Products reads the catalogue of a workspace.
func (s *Store) Products(ctx context.Context, w workspace.Number) (*product.Catalogue, error) {
	return products(ctx, s.db.Reader(), w)
}

func products(ctx context.Context, q querier, w workspace.Number) (*product.Catalogue, error) {
	var ps []product.Product
	var set product.Setting
	revision := int64(0)
	err := each(ctx, q, func(r scanner) error {
		var p product.Product
		var id, data string
		var rev, at int64
		var actor string
		if err := r.Scan(&id, &rev, &at, &actor, &data); err != nil {
			return err
		}
		revision = max(revision, rev)
		if id == settingID {
			return json.Unmarshal([]byte(data), &set)
		}
		if err := json.Unmarshal([]byte(data), &p); err != nil {
			return err
		}
		p.ID, p.Revision, p.At, p.Actor = id, rev, at, actor
		ps = append(ps, p)
		return nil
	}, `SELECT id, revision, at, actor, data FROM product WHERE workspace = $1 ORDER BY id`, w)
	if err != nil {
		return nil, fmt.Errorf("read the products: %w", err)
	}
	c := product.New(revision, ps, set)
	err = each(ctx, q, func(r scanner) error {
		var hash []byte
		if err := r.Scan(&hash); err != nil {
			return err
		}
		if c.Asked == nil {
			c.Asked = map[[16]byte]bool{}
		}
		c.Asked[[16]byte(hash)] = true
		return nil
	}, `SELECT hash FROM product_question WHERE workspace = $1`, w)
	if err != nil {
		return nil, fmt.Errorf("read what was asked: %w", err)
	}
	return c, nil
}

// SaveProducts writes products that say which revision each was read at, 0 for new ones, all of them or none.
func (s *Store) SaveProducts(ctx context.Context, w workspace.Number, ps []product.Product, at int64, actor string, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		c, err := products(ctx, tx, w)
		if err != nil {
			return err
		}
		all, place := c.Products, map[string]int{}
		for i := range all {
			place[all[i].ID] = i
		}
		for i := range ps {
			k, there := place[ps[i].ID]
			switch {
			case there && all[k].Revision != ps[i].Revision, !there && ps[i].Revision != 0:
				return ErrProductChanged
			case there:
				all[k] = ps[i]
			default:
				place[ps[i].ID] = len(all)
				all = append(all, ps[i])
			}
		}
		next := product.New(c.Revision+1, all, c.Setting)
		for i := range ps {
			p := &ps[i]
			if fl := next.Clash(p.ID); fl != nil {
				return fl
			}
			data, err := json.Marshal(p)
			if err != nil {
				return fmt.Errorf("write product %s: %w", p.ID, err)
			}
			if err := putProduct(ctx, tx, w, p.ID, next.Revision, at, actor, data); err != nil {
				return err
			}
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// SaveProductSetting writes what holds where a product says nothing.
func (s *Store) SaveProductSetting(ctx context.Context, w workspace.Number, set product.Setting, at int64, actor string, entries ...audit.Entry) error {
	data, err := json.Marshal(set)
	if err != nil {
		return fmt.Errorf("write the setting of products: %w", err)
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		var revision int64
		if err := tx.QueryRowContext(ctx, newestRevision, w).Scan(&revision); err != nil {
			return fmt.Errorf("find the newest revision: %w", err)
		}
		if err := putProduct(ctx, tx, w, settingID, revision+1, at, actor, data); err != nil {
			return err
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

func putProduct(ctx context.Context, tx *sql.Tx, w workspace.Number, id string, revision, at int64, actor string, data []byte) error {
	if _, err := exec(ctx, tx, `INSERT INTO product (workspace, id, revision, at, actor, data) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (workspace, id) DO UPDATE SET revision = excluded.revision, at = excluded.at, actor = excluded.actor, data = excluded.data`,
		w, id, revision, at, actor, string(data)); err != nil {
		return fmt.Errorf("write product %s: %w", id, err)
	}
	return nil
}

// Catalogue is the catalogue as it stands in this transaction; known is returned when it still is.
func (t *Tx) Catalogue(ctx context.Context, known *product.Catalogue) (*product.Catalogue, error) {
	var revision int64
	if err := t.do.QueryRowContext(ctx, newestRevision, t.w).Scan(&revision); err != nil {
		return nil, fmt.Errorf("find the newest revision: %w", err)
	}
	if known != nil && known.Revision == revision {
		return known, nil
	}
	return products(ctx, t.do, t.w)
}

func (t *Tx) writeLines(ctx context.Context, c *conductor.Changes) error {
	for i := range c.Lines {
		l := &c.Lines[i]
		said, err := json.Marshal(l.Line)
		if err != nil {
			return err
		}
		hash := l.Line.Hash()
		bucket, err := t.bucket(ctx, l.Person)
		if err != nil {
			return err
		}
		if _, err := exec(ctx, t.do, `INSERT INTO product_question (workspace, hash, state, first_at, last_at, actor, decided_at, line)
			VALUES ($1, $2, 'open', $3, $3, '', 0, $4) ON CONFLICT (workspace, hash) DO UPDATE SET last_at = excluded.last_at`,
			t.w, hash[:], l.At, string(said)); err != nil {
			return err
		}
		if _, err := exec(ctx, t.do, `INSERT INTO product_line (workspace, bucket, person, seq, hash, product, filled) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			t.w, bucket, l.Person, int64(l.Seq), hash[:], l.By.Product, int(l.By.What)); err != nil {
			return err
		}
	}
	for _, l := range c.LinesDone {
		bucket, err := t.bucket(ctx, l.Person)
		if err != nil {
			return err
		}
		if _, err := exec(ctx, t.do, `DELETE FROM product_line WHERE workspace = $1 AND bucket = $2 AND person = $3 AND seq = $4`, t.w, bucket, l.Person, int64(l.Seq)); err != nil {
			return err
		}
	}
	return nil
}

const questionColumns = `SELECT q.hash, q.state, q.first_at, q.last_at, q.actor, q.decided_at, q.line,
	(SELECT count(*) FROM product_line l WHERE l.workspace = q.workspace AND l.hash = q.hash AND (l.product = '') = $2) FROM product_question q `

func scanQuestion(r scanner) (product.Question, error) {
	var q product.Question
	var hash []byte
	var said string
	if err := r.Scan(&hash, &q.State, &q.First, &q.Last, &q.Actor, &q.Decided, &said, &q.Orders); err != nil {
		return q, err
	}
	copy(q.Hash[:], hash)
	return q, json.Unmarshal([]byte(said), &q.Line)
}

// ProductQuestions lists what nobody knows and orders wait for, the most frequent first; with product.Answered what was answered.
func (s *Store) ProductQuestions(ctx context.Context, w workspace.Number, state string) ([]product.Question, error) {
	return all(ctx, s.db.Reader(), scanQuestion, questionColumns+`WHERE q.workspace = $1 AND (q.state = $3 OR NOT $2) AND EXISTS
		(SELECT 1 FROM product_line l WHERE l.workspace = q.workspace AND l.hash = q.hash AND (l.product = '') = $2) ORDER BY 8 DESC, q.first_at, q.hash`,
		w, state != product.Answered, state)
}

// ProductQuestion reads one question, with the orders that wait for it.
func (s *Store) ProductQuestion(ctx context.Context, w workspace.Number, hash [16]byte) (product.Question, error) {
	return one(ctx, s.db.Reader(), ErrNoQuestion, scanQuestion, questionColumns+`WHERE q.workspace = $1 AND q.hash = $3`, w, true, hash[:])
}

// ProductGroups lists every line that staff were asked about with each product that events of it got.
func (s *Store) ProductGroups(ctx context.Context, w workspace.Number) ([]conductor.SoldGroup, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (conductor.SoldGroup, error) {
		var g conductor.SoldGroup
		var hash []byte
		var said string
		if err := r.Scan(&hash, &said, &g.Product); err != nil {
			return g, err
		}
		copy(g.Hash[:], hash)
		return g, json.Unmarshal([]byte(said), &g.Line)
	}, `SELECT q.hash, q.line, l.product FROM product_question q
		JOIN (SELECT DISTINCT hash, product FROM product_line WHERE workspace = $1) l ON l.hash = q.hash
		WHERE q.workspace = $1 ORDER BY q.first_at, q.hash, l.product`, w)
}

// DecideProductQuestion puts a question aside, or opens it again.
func (s *Store) DecideProductQuestion(ctx context.Context, w workspace.Number, hash [16]byte, state, actor string, at int64, entries ...audit.Entry) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE product_question SET state = $3, actor = $4, decided_at = $5 WHERE workspace = $1 AND hash = $2`, w, hash[:], state, actor, at)
		if err != nil {
			return fmt.Errorf("decide a question: %w", err)
		}
		if n == 0 {
			return ErrNoQuestion
		}
		return appendAudit(ctx, tx, w, entries)
	})
}

// ProductLines lists the orders, refunds and fills of a question that came after a place in the log and did not get a product, the
// oldest first. With an empty one it lists those that do not wait.
func (s *Store) ProductLines(ctx context.Context, w workspace.Number, hash [16]byte, not string, after event.Seq, most int) ([]conductor.SoldLine, error) {
	return all(ctx, s.db.Reader(), func(r scanner) (conductor.SoldLine, error) {
		var l conductor.SoldLine
		var seq int64
		var what int
		err := r.Scan(&seq, &l.Person, &l.By.Product, &what)
		l.Seq, l.By.What = event.Seq(seq), product.Filling(what)
		return l, err
	}, `SELECT seq, person, product, filled FROM product_line WHERE workspace = $1 AND hash = $2 AND product <> $3 AND seq > $4 ORDER BY seq LIMIT $5`,
		w, hash[:], not, int64(after), most)
}
