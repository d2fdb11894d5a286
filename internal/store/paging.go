package store

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/page"
)

// ErrCursor is what a cursor gives that did not come from the list it is used on.
var ErrCursor = fault.New(fault.Invalid, "bad_cursor", "翻页标记无效，请从第一页开始", "this cursor is not valid; start from the first page")

// Page is a part of a list: from a cursor, empty for the start, at most Limit items (50 when 0, never above 1,000).
type Page = page.Part

// List is one page, how many there are in all, and the cursor of the next page, empty at the end.
type List[T any] = page.List[T]

// query grows a condition with its arguments. In every piece $ stands for the next argument.
type query struct {
	columns, count string
	conditions     []string
	args           []any
}

func (q *query) where(condition string, args ...any) {
	var b strings.Builder
	for _, r := range condition {
		b.WriteRune(r)
		if r == '$' {
			q.args = append(q.args, args[0])
			args = args[1:]
			b.WriteString(strconv.Itoa(len(q.args)))
		}
	}
	q.conditions = append(q.conditions, b.String())
}

// in asks that column is one of values; no value fits nothing.
func in[T any](q *query, column string, values []T) {
	if len(values) == 0 {
		q.conditions = append(q.conditions, "1 = 0")
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	q.where(column+" IN ("+strings.TrimSuffix(strings.Repeat("$, ", len(values)), ", ")+")", args...)
}

func (q *query) clause() string { return "WHERE " + strings.Join(q.conditions, " AND ") + " " }

// part is what a piece of a cursor is.
type part int

const (
	text part = iota
	number
	blob // in hexadecimal
)

// paged reads one page. after is the condition that skips what came before, in the terms of order; key gives an
// item's place in that order, and parts what its pieces are.
func paged[T any](ctx context.Context, r querier, q query, at Page, after, order string, scan func(scanner) (T, error), key func(T) []string, parts ...part) (List[T], error) {
	var list List[T]
	if !at.Uncounted {
		if err := r.QueryRowContext(ctx, q.count+q.clause(), q.args...).Scan(&list.Total); err != nil {
			return list, fmt.Errorf("count a list: %w", err)
		}
	}
	limit := at.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 1000)
	if at.Cursor != "" {
		args, err := parseCursor(at.Cursor, parts)
		if err != nil {
			return list, err
		}
		q.where(after, args...)
	}
	q.args = append(q.args, limit+1) // one more tells whether there is a next page
	items, err := all(ctx, r, scan, q.columns+q.clause()+order+" LIMIT $"+strconv.Itoa(len(q.args)), q.args...)
	if err != nil {
		return list, fmt.Errorf("read a list: %w", err)
	}
	if len(items) > limit {
		items = items[:limit]
		b, err := json.Marshal(key(items[limit-1]))
		if err != nil {
			return list, err
		}
		list.Next = base64.RawURLEncoding.EncodeToString(b)
	}
	list.Items = items
	return list, nil
}

func parseCursor(cursor string, kinds []part) ([]any, error) {
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, ErrCursor
	}
	var parts []string
	if err := json.Unmarshal(b, &parts); err != nil || len(parts) != len(kinds) {
		return nil, ErrCursor
	}
	args := make([]any, len(parts))
	for i, p := range parts {
		args[i] = p
		switch kinds[i] {
		case number:
			n, err := strconv.ParseInt(p, 10, 64)
			if err != nil {
				return nil, ErrCursor
			}
			args[i] = n
		case blob:
			b, err := hex.DecodeString(p)
			if err != nil {
				return nil, ErrCursor
			}
			args[i] = b
		}
	}
	return args, nil
}
