package main

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	_ "modernc.org/sqlite"
)

// bareServer is what a server costs that does nothing but keep events: the same router and JSON decoder, one
// append table with a unique hash of source and message id, synchronous=FULL, group commit. It prints its address.
func bareServer(file string) {
	db, err := bareTable(file)
	fail(err)
	type request struct {
		events []bareEvent
		done   chan error
	}
	queue := make(chan request, 256)
	go func() {
		for r := range queue {
			group, n := []request{r}, len(r.events)
		gather:
			for n < 2000 {
				select {
				case more := <-queue:
					group = append(group, more)
					n += len(more.events)
				default:
					break gather
				}
			}
			var all []bareEvent
			for _, g := range group {
				all = append(all, g.events...)
			}
			err := bareInsert(db, all)
			for _, g := range group {
				g.done <- err
			}
		}
	}()
	keep := func(w http.ResponseWriter, events []bareEvent) {
		req := request{events, make(chan error, 1)}
		queue <- req
		if err := <-req.done; err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write([]byte(`{"success":true}`))
	}
	decode := func(w http.ResponseWriter, r *http.Request, into any) bool {
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 500_000)).Decode(into)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
		}
		return err == nil
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/batch", func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Batch []bareEvent }
		if decode(w, r, &body) {
			keep(w, body.Batch)
		}
	})
	mux.HandleFunc("POST /v1/track", func(w http.ResponseWriter, r *http.Request) {
		var one bareEvent
		if decode(w, r, &one) {
			keep(w, []bareEvent{one})
		}
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	fail(err)
	fmt.Println(l.Addr())
	fail((&http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}).Serve(l))
}

type bareEvent struct {
	MessageID  string          `json:"messageId"`
	UserID     string          `json:"userId"`
	Event      string          `json:"event"`
	Timestamp  time.Time       `json:"timestamp"`
	Properties json.RawMessage `json:"properties"`
}

func bareTable(file string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-65536)&_pragma=mmap_size(1073741824)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE event (seq INTEGER PRIMARY KEY, person TEXT NOT NULL, type TEXT NOT NULL, at INTEGER NOT NULL,
		hash BLOB NOT NULL UNIQUE, body TEXT NOT NULL) STRICT`)
	return db, err
}

func bareInsert(db *sql.DB, es []bareEvent) error {
	tx, err := db.BeginTx(context.Background(), nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	st, err := tx.Prepare(`INSERT INTO event (person, type, at, hash, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING`)
	if err != nil {
		return err
	}
	defer st.Close()
	for i := range es {
		h := sha256.Sum256([]byte("1\x00" + es[i].MessageID))
		if _, err := st.Exec(es[i].UserID, es[i].Event, es[i].Timestamp.UnixMicro(), h[:16], string(es[i].Properties)); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// rawInsert is the engine's own rate: the bare table filled in batches of 1,000 without HTTP and JSON.
func rawInsert(file string, d time.Duration) (float64, error) {
	db, err := bareTable(file)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	begin, n := time.Now(), 0
	for time.Since(begin) < d {
		es := make([]bareEvent, 1000)
		for i := range es {
			n++
			es[i] = bareEvent{MessageID: fmt.Sprint("raw", n), UserID: fmt.Sprint(n * 7919 % 100_000), Event: "glucose", Timestamp: begin, Properties: []byte(`{"value":7.8,"unit":"mmol/L","context":"fasting"}`)}
		}
		if err := bareInsert(db, es); err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
