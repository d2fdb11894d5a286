package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// sealed are the columns that are sealed with the workspace's own key, because what they hold is nobody's in particular: a change of
// keys seals them anew. Answers to repeated requests are left out: they are kept for a day, and asking again makes them again.
var sealed = []struct{ table, column, purpose, where, key string }{
	{"reject", "payload", rejectPurpose, "payload IS NOT NULL", "id"},
	{"job", "told", "job", "number > 0", "number"},
	{"job_part", "data", "job part", "n >= 0", "job, kind, n"},
	{"fhir_resource", "body", sealedResource, "person = 0", "bucket, person, hash, version"},
	{"webhook", "told", webhookPurpose, "id <> ''", "id"},
	{"corp", "body", corpPurpose, "id <> ''", "id"},
	{"outlet", "body", outletPurpose, "id <> ''", "id"},
	{"callback", "body", callbackPurpose, "body IS NOT NULL", "hash"},
	{"delivery", "told", deliveryPurpose, "id <> ''", "id"},
}

// reseal moves what is sealed with one ring to another, row by row: files lie in some of them.
func reseal(ctx context.Context, tx *sql.Tx, w workspace.Number, from, to *keys.Ring) error {
	for _, t := range sealed {
		columns := strings.Split(t.key, ", ")
		rows, err := all(ctx, tx, func(r scanner) ([]any, error) {
			row := make([]any, len(columns))
			targets := make([]any, len(columns))
			for i := range row {
				targets[i] = &row[i]
			}
			return row, r.Scan(targets...)
		}, `SELECT `+t.key+` FROM `+t.table+` WHERE workspace = $1 AND `+t.where, w)
		if err != nil {
			return fmt.Errorf("list what is sealed in %s: %w", t.table, err)
		}
		where := "workspace = $1"
		for i, c := range columns {
			where += " AND " + c + " = $" + strconv.Itoa(i+2)
		}
		for _, row := range rows {
			args := append([]any{w}, row...)
			var old []byte
			if err := tx.QueryRowContext(ctx, `SELECT `+t.column+` FROM `+t.table+` WHERE `+where, args...).Scan(&old); err != nil {
				return fmt.Errorf("read what is sealed in %s: %w", t.table, err)
			}
			plain, err := from.Open(t.purpose, old)
			if err != nil {
				return fmt.Errorf("open what is sealed in %s: %w", t.table, err)
			}
			if _, err := exec(ctx, tx, `UPDATE `+t.table+` SET `+t.column+` = $`+strconv.Itoa(len(args)+1)+` WHERE `+where, append(args, to.Seal(t.purpose, plain))...); err != nil {
				return fmt.Errorf("seal %s anew: %w", t.table, err)
			}
		}
	}
	return nil
}
