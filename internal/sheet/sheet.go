// Package sheet reads tables as rows of text: Excel workbooks, new (.xlsx) and old (.xls), and text with separators.
//
// It gives what stands in the cells and decides nothing: a date is the serial number that Excel keeps for it, a formula is its last
// result, a number is written with all the digits there are. Which column means what is decided by whoever reads the rows.
package sheet

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	"peiban/internal/fault"
)

// MaxSize is how large a workbook may be, in bytes; MaxUnpacked how large what is packed in it. Both are read into memory.
const (
	MaxSize     = 64 << 20
	MaxUnpacked = 512 << 20
)

// Why a workbook is refused.
var (
	ErrTooLarge = fault.New(fault.TooLarge, "workbook_too_large", "工作簿太大", "the workbook is too large").
			Because("最多 64 MB，解开后最多 512 MB；分成几份，或另存为 CSV", "at most 64 MB, and 512 MB unpacked; split it, or save it as CSV")
	ErrLocked = fault.New(fault.Invalid, "workbook_locked", "工作簿有密码", "the workbook has a password").
			Because("在 Excel 里去掉密码，再存一次", "remove the password in Excel and save it again")
	ErrBroken = fault.New(fault.Invalid, "workbook_broken", "工作簿读不懂：文件不完整，或者不是 Excel 存的", "the workbook cannot be read: it is not whole, or was not written by Excel").
			Because("在 Excel 或 WPS 里打开，另存为 .xlsx 或 CSV", "open it in Excel or WPS and save it as .xlsx or CSV")
)

// Row is a line of a sheet that holds anything.
type Row struct {
	Line  int          // as Excel counts, from 1; of a text its line, where the row begins
	Cells []string     // up to the last one that holds something
	Bad   *fault.Fault // why the row could not be read; then Cells are a guess
}

// Book is an open workbook.
type Book struct {
	Sheets []string // their names, in order
	// From1904 says that serial numbers of dates count from 1904, as old Macs wrote them; see Time.
	From1904 bool
	Comma    rune // what separates the cells of a text; 0: a workbook
	rows     func(sheet int, each func(Row) error) error
	close    func() error
}

// beginnings of files: zip, and the compound file of old Office.
var (
	zipped   = []byte("PK\x03\x04")
	compound = []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
)

// Is reports whether a file begins as a workbook does, whatever its name.
func Is(beginning []byte) bool {
	return bytes.HasPrefix(beginning, zipped) || bytes.HasPrefix(beginning, compound)
}

// Open reads a workbook. It fails with ErrTooLarge, ErrLocked or ErrBroken.
func Open(r io.Reader) (book *Book, err error) {
	all, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the workbook: %w", err)
	case len(all) > MaxSize:
		return nil, ErrTooLarge
	}
	guarded := fault.Guard(func() error { // neither library promises not to panic on a broken file
		if bytes.HasPrefix(all, zipped) {
			book, err = openXLSX(all)
		} else {
			book, err = openXLS(all)
		}
		return nil
	})
	if guarded != nil {
		return nil, ErrBroken.Wrap(guarded)
	}
	return book, err
}

// Each gives every row of a sheet that holds anything, in order, until each fails.
func (b *Book) Each(sheet int, each func(Row) error) error { return b.rows(sheet, each) }

// Close frees what the workbook holds.
func (b *Book) Close() error { return b.close() }

// Serial numbers of dates: the day after the last one Excel knows, and the 29 February 1900 it believes in.
const (
	serialEnd  = 2958466
	serialLeap = 60
)

// Time is the wall clock of a serial number, rounded to a second, as UTC. It is false for what is no number or no date of Excel's.
func Time(serial string, from1904 bool) (time.Time, bool) {
	v, err := strconv.ParseFloat(serial, 64)
	if err != nil || !(v > 0) || v >= serialEnd {
		return time.Time{}, false
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case from1904:
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case v < serialLeap:
		first = first.AddDate(0, 0, 1)
	case v < serialLeap+1:
		return time.Time{}, false
	}
	days, rest := math.Modf(v)
	return first.AddDate(0, 0, int(days)).Add(time.Duration(math.Round(rest*24*3600)) * time.Second), true
}
