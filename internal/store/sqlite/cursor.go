package sqlite

import (
	"fmt"
	"unsafe"

	"modernc.org/libc"
	engine "modernc.org/sqlite/lib"
)

// cursor reads rows from the engine itself, on a read-only connection that belongs to one goroutine. The driver takes a
// lock for each value, makes a copy of each text and asks for the declared type of its column; over a log of millions of
// events that is four fifths of the time.
type cursor struct {
	tls      *libc.TLS
	db, stmt uintptr
}

// scanMap is how much of the file a cursor maps into memory, in bytes: the most the engine allows.
const scanMap = 0x7fff0000

// openCursor prepares a query whose parameters are whole numbers.
func openCursor(name, query string, args ...int64) (c *cursor, err error) {
	c = &cursor{tls: libc.NewTLS()}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	text, err := libc.CString(name)
	if err != nil {
		return nil, fmt.Errorf("open a cursor: %w", err)
	}
	defer libc.Xfree(c.tls, text)
	at := c.tls.Alloc(8)
	defer c.tls.Free(8)
	rc := engine.Xsqlite3_open_v2(c.tls, text, at, engine.SQLITE_OPEN_READONLY|engine.SQLITE_OPEN_URI|engine.SQLITE_OPEN_NOMUTEX, 0)
	c.db = *(*uintptr)(pointer(at)) // there is one even when it failed, and it is to be closed
	if rc != engine.SQLITE_OK {
		return nil, c.failed("open a cursor", rc)
	}
	engine.Xsqlite3_busy_timeout(c.tls, c.db, busyMillis)
	if err := c.prepare(fmt.Sprintf(`PRAGMA mmap_size=%d`, scanMap)); err != nil {
		return nil, err
	}
	if _, err := c.next(); err != nil {
		return nil, err
	}
	if err := c.prepare(query); err != nil {
		return nil, err
	}
	for i, v := range args {
		if rc := engine.Xsqlite3_bind_int64(c.tls, c.stmt, int32(i+1), v); rc != engine.SQLITE_OK {
			return nil, c.failed("bind a value", rc)
		}
	}
	return c, nil
}

// prepare makes query the statement of c.
func (c *cursor) prepare(query string) error {
	engine.Xsqlite3_finalize(c.tls, c.stmt)
	c.stmt = 0
	text, err := libc.CString(query)
	if err != nil {
		return fmt.Errorf("prepare a query: %w", err)
	}
	defer libc.Xfree(c.tls, text)
	at := c.tls.Alloc(8)
	defer c.tls.Free(8)
	if rc := engine.Xsqlite3_prepare_v2(c.tls, c.db, text, -1, at, 0); rc != engine.SQLITE_OK {
		return c.failed("prepare a query", rc)
	}
	c.stmt = *(*uintptr)(pointer(at))
	return nil
}

// next goes on to the next row; false: there is none.
func (c *cursor) next() (bool, error) {
	switch rc := engine.Xsqlite3_step(c.tls, c.stmt); rc {
	case engine.SQLITE_ROW:
		return true, nil
	case engine.SQLITE_DONE:
		return false, nil
	default:
		return false, c.failed("read a row", rc)
	}
}

// integer is a column, 0 when it is NULL.
func (c *cursor) integer(i int) int64 { return engine.Xsqlite3_column_int64(c.tls, c.stmt, int32(i)) }

// null reports whether a column is NULL.
func (c *cursor) null(i int) bool {
	return engine.Xsqlite3_column_type(c.tls, c.stmt, int32(i)) == engine.SQLITE_NULL
}

// number is a column, 0 when it is NULL.
func (c *cursor) number(i int) float64 {
	return engine.Xsqlite3_column_double(c.tls, c.stmt, int32(i))
}

// bytes is a text or blob column, nil when it is NULL or empty. It holds until the next row.
func (c *cursor) bytes(i int) []byte {
	p := engine.Xsqlite3_column_blob(c.tls, c.stmt, int32(i))
	if p == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(pointer(p)), engine.Xsqlite3_column_bytes(c.tls, c.stmt, int32(i)))
}

// close ends the cursor.
func (c *cursor) close() {
	engine.Xsqlite3_finalize(c.tls, c.stmt)
	engine.Xsqlite3_close_v2(c.tls, c.db)
	c.tls.Close()
}

func (c *cursor) failed(what string, rc int32) error {
	return fmt.Errorf("%s: %s (%d)", what, libc.GoString(engine.Xsqlite3_errmsg(c.tls, c.db)), rc)
}

// pointer is an address in the engine's memory, which the collector of garbage knows nothing of.
func pointer(at uintptr) unsafe.Pointer { return unsafe.Add(unsafe.Pointer(nil), at) }
