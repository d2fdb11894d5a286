package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"regexp"
	"strconv"
)

// Each runs a statement once for each row, prepared once for the life of the writing connection.
func (d *DB) Each(ctx context.Context, c *sql.Conn, query string, rows [][]any) error {
	return c.Raw(func(raw any) error {
		s, err := d.prepared(ctx, raw, query)
		if err != nil {
			return err
		}
		var named []driver.NamedValue
		for _, values := range rows {
			if len(named) != len(values) {
				named = numbered(len(values))
			}
			for k, v := range values {
				if named[k].Value, err = driver.DefaultParameterConverter.ConvertValue(v); err != nil {
					return fmt.Errorf("value %d: %w", k+1, err)
				}
			}
			if _, err := run(s, named); err != nil {
				return err
			}
		}
		return nil
	})
}

// prepared keeps a statement for the life of the connection. Whoever calls it holds the connection.
func (d *DB) prepared(ctx context.Context, raw any, query string) (driver.Stmt, error) {
	if s := d.kept[query]; s != nil {
		return s, nil
	}
	p, ok := raw.(driver.ConnPrepareContext)
	if !ok {
		return nil, fmt.Errorf("prepare on a %T", raw)
	}
	s, err := p.PrepareContext(ctx, byPlace(query))
	if err != nil {
		return nil, err
	}
	if d.kept == nil {
		d.kept = map[string]driver.Stmt{}
	}
	d.kept[query] = s
	return s, nil
}

var mark = regexp.MustCompile(`\$\d+`)

// byPlace turns $1, $2, ... into plain ? marks where they come in order, once each: the driver looks $n up by name
// for every row.
func byPlace(query string) string {
	for i, m := range mark.FindAllString(query, -1) {
		if m != "$"+strconv.Itoa(i+1) {
			return query
		}
	}
	return mark.ReplaceAllString(query, "?")
}
