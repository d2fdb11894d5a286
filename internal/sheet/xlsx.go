package sheet

import (
	"bytes"
	"errors"
	"strings"

	"github.com/xuri/excelize/v2"
)

func openXLSX(all []byte) (*Book, error) {
	f, err := excelize.OpenReader(bytes.NewReader(all), excelize.Options{RawCellValue: true, UnzipSizeLimit: MaxUnpacked})
	switch {
	case errors.Is(err, excelize.ErrWorkbookFileFormat), errors.Is(err, excelize.ErrWorkbookPassword):
		return nil, ErrLocked
	case err != nil && strings.Contains(err.Error(), "unzip size exceeds"):
		return nil, ErrTooLarge
	case err != nil:
		return nil, ErrBroken.Wrap(err)
	}
	b := &Book{Sheets: f.GetSheetList(), close: f.Close}
	if len(b.Sheets) == 0 {
		_ = f.Close()
		return nil, ErrBroken
	}
	if props, err := f.GetWorkbookProps(); err == nil && props.Date1904 != nil {
		b.From1904 = *props.Date1904
	}
	b.rows = func(sheet int, each func(Row) error) error {
		rows, err := f.Rows(b.Sheets[sheet])
		if err != nil {
			return ErrBroken.Wrap(err)
		}
		defer rows.Close()
		for line := 1; rows.Next(); line++ {
			cells, err := rows.Columns()
			if err != nil {
				return ErrBroken.Wrap(err)
			}
			if cells = trimmed(cells); len(cells) == 0 {
				continue
			}
			if err := each(Row{Line: line, Cells: cells}); err != nil {
				return err
			}
		}
		if err := rows.Error(); err != nil {
			return ErrBroken.Wrap(err)
		}
		return nil
	}
	return b, nil
}

// trimmed drops the empty cells at the end.
func trimmed(cells []string) []string {
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}
