package main

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/review"
	"peiban/internal/review/seek"
)

// flat is how many times as long a look-up may take among a hundred times the people: a tree of an index grows by a level.
const flat = 2

// lookups measures whose an identifier is, as the intake asks, among ever more people, beside the bare index in the same turns.
func lookups(o options) ([]row, error) {
	sizes := []int{10_000, 100_000}
	if o.full {
		sizes = append(sizes, 1_000_000)
	}
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := newPlace(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.store.Close() }()
	bare, err := bareIndex(filepath.Join(dir, "bare.db"))
	if err != nil {
		return nil, err
	}
	defer bare.Close()
	var out []row
	first, there := map[string]float64{}, 0
	add := func(what string, people int, theirs, ours float64) {
		r := row{What: what, Size: fmt.Sprintf("%d people", people), Bare: theirs, Ours: ours, Unit: "us", Bar: "told", Met: true}
		if there == 0 {
			first[what] = ours
		} else {
			r.Detail = fmt.Sprintf("%.2f times that of %d", ours/first[what], sizes[0])
		}
		if theirs > 0 {
			r.Ratio, r.Bar, r.Met = ours/theirs, fmt.Sprintf("<= %d times that of %d", flat, sizes[0]), ours <= flat*first[what]
		}
		out = append(out, r)
	}
	for _, n := range sizes {
		fmt.Fprintf(os.Stderr, "bench: %d people with two identifiers each ...\n", n)
		if err := p.known(ctx, bare, there+1, n); err != nil {
			return nil, err
		}
		var ours, theirs []float64
		for round := range o.rounds {
			a, err := p.lookup(ctx, n, uint64(round))
			if err != nil {
				return nil, err
			}
			b, err := p.bareLookup(bare, n, uint64(round))
			if err != nil {
				return nil, err
			}
			ours, theirs = append(ours, a), append(theirs, b)
		}
		add("whose an identifier is, on the disk's index", n, median(theirs), median(ours))
		each, err := p.intake(ctx, n, o.rounds)
		if err != nil {
			return nil, err
		}
		add("an event that says by an identifier whose it is, whole intake", n, 0, each)
		there = n
	}
	return out, nil
}

// bareIndex is a table that holds hashes and whose they are, and nothing else.
func bareIndex(file string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-8192)&_pragma=mmap_size(1073741824)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE place (hash BLOB PRIMARY KEY, person INTEGER NOT NULL) STRICT, WITHOUT ROWID`)
	return db, err
}

var knownBy = []string{"userId", "unionid"}

func (p *place) hashOf(kind string, k int) [16]byte {
	return p.ring.Hash(kind, "\x00"+fmt.Sprintf("%s-%d", kind, k))
}

// known writes people first to last with their identifiers, and the same hashes into the bare table.
func (p *place) known(ctx context.Context, bare *sql.DB, first, last int) error {
	r := rand.New(rand.NewPCG(11, uint64(first)))
	for ; first <= last; first += atOnce {
		tx, err := p.store.Begin(ctx, p.ws.Number)
		if err != nil {
			return err
		}
		beside, err := bare.Begin()
		if err != nil {
			return errors.Join(err, tx.Rollback())
		}
		ch := &conductor.Changes{}
		for k := first; k < min(first+atOnce, last+1); k++ {
			who, err := p.somebody(r, person.Number(k))
			if err != nil {
				return errors.Join(err, tx.Rollback(), beside.Rollback())
			}
			state, err := p.joined(engine.Progress{}).Encode()
			if err != nil {
				return errors.Join(err, tx.Rollback(), beside.Rollback())
			}
			ch.People = append(ch.People, who)
			ch.Settled = append(ch.Settled, conductor.StateRow{Person: who.Number, Bucket: who.Bucket, State: state, Wake: engine.Never})
			for _, kind := range knownBy {
				h := p.hashOf(kind, k)
				ch.Identities = append(ch.Identities, conductor.Identity{Type: kind, Hash: h, Person: who.Number, Bucket: who.Bucket})
				if _, err := beside.Exec(`INSERT INTO place (hash, person) VALUES ($1, $2)`, h[:], k); err != nil {
					return errors.Join(err, tx.Rollback(), beside.Rollback())
				}
			}
		}
		if err := errors.Join(tx.Write(ctx, tx.Head(), ch), beside.Commit()); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// asked is how many identifiers one turn looks for.
const asked = 20_000

// lookup is the mean of looking for known identifiers of random people, one after the other, in microseconds, as the intake
// does when its memory does not hold them.
func (p *place) lookup(ctx context.Context, people int, seed uint64) (float64, error) {
	r := rand.New(rand.NewPCG(12, seed))
	kinds, hashes, want := make([]string, asked), make([][16]byte, asked), make([]person.Number, asked)
	for i := range want {
		k := 1 + r.IntN(people)
		want[i], kinds[i] = person.Number(k), knownBy[r.IntN(len(knownBy))]
		hashes[i] = p.hashOf(kinds[i], k)
	}
	begin := time.Now()
	for i := range want {
		n, err := p.store.Identity(ctx, p.ws.Number, kinds[i], "", hashes[i])
		if err != nil {
			return 0, err
		}
		if n != want[i] {
			return 0, fmt.Errorf("an identifier of person %d was said to be of person %d", want[i], n)
		}
	}
	return float64(time.Since(begin).Nanoseconds()) / 1000 / asked, nil
}

func (p *place) bareLookup(db *sql.DB, people int, seed uint64) (float64, error) {
	r := rand.New(rand.NewPCG(12, seed))
	hashes := make([][16]byte, asked)
	for i := range hashes {
		k := 1 + r.IntN(people)
		hashes[i] = p.hashOf(knownBy[r.IntN(len(knownBy))], k)
	}
	tx, err := db.Begin()
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	st, err := tx.Prepare(`SELECT person FROM place WHERE hash = $1`)
	if err != nil {
		return 0, err
	}
	defer st.Close()
	begin := time.Now()
	for i := range hashes {
		var n int64
		if err := st.QueryRow(hashes[i][:]).Scan(&n); err != nil {
			return 0, err
		}
	}
	return float64(time.Since(begin).Nanoseconds()) / 1000 / asked, nil
}

// intake is what one event of somebody costs that two identifiers name, in batches of 100, in microseconds: the server's whole way from
// whose it is to the commit, which does not wait for the disk here.
func (p *place) intake(ctx context.Context, people, rounds int) (float64, error) {
	const batch, batches = 100, 40
	clk := newClock(benchDay)
	c, err := p.open(ctx, clk.now)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	r := rand.New(rand.NewPCG(13, uint64(people)))
	var took []float64
	for range rounds {
		var all [][]conductor.Item
		for range batches {
			items := make([]conductor.Item, batch)
			for i := range items {
				k := 1 + r.IntN(people)
				items[i].Event = event.Event{Type: event.Glucose, Schema: 1, Num: 7, A: event.Intern("fasting"), B: event.Intern("mmol/L"), Occurred: clk.now().UnixMicro() - r.Int64N(1e9), Source: 1}
				for _, kind := range knownBy {
					items[i].Ident = append(items[i].Ident, conductor.Identifier{Type: kind, Value: fmt.Sprintf("%s-%d", kind, k)})
				}
			}
			all = append(all, items)
		}
		begin := time.Now()
		for _, items := range all {
			if _, err := c.Submit(ctx, conductor.Live, audit.Entry{Actor: "source:1", Action: "intake.batch"}, items); err != nil {
				return 0, err
			}
		}
		took = append(took, float64(time.Since(begin).Microseconds())/(batch*batches))
	}
	if got := c.Directory().Len(); got != people {
		return 0, fmt.Errorf("%d people became %d: an identifier was not found", people, got)
	}
	return median(took), nil
}

// lookalikes measures the search of a night for people who may be one, over everybody of a workspace.
func lookalikes(o options) ([]row, error) {
	people := 10_000
	if o.full {
		people = 100_000
	}
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := newPlace(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.store.Close() }()
	twins, err := p.resembling(ctx, people)
	if err != nil {
		return nil, err
	}
	clk := newClock(benchDay)
	c, err := p.open(ctx, clk.now)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	if err := p.store.StartMatchRun(ctx, p.ws.Number, &review.Run{Actor: "staff:bench", Created: time.Now().UnixMicro()}); err != nil {
		return nil, err
	}
	runner := &seek.Runner{Store: p.store, Space: c, Real: time.Now, Log: slog.New(slog.DiscardHandler), Zone: benchDay.Location()}
	begin := time.Now()
	if _, err := runner.Once(ctx); err != nil {
		return nil, err
	}
	took := time.Since(begin)
	runs, err := p.store.MatchRuns(ctx, p.ws.Number, 1)
	if err != nil {
		return nil, err
	}
	if len(runs) != 1 || runs[0].State != review.Ended || runs[0].People != people {
		return nil, fmt.Errorf("the search ended otherwise: %+v", runs)
	}
	return []row{{
		What: "search for people who may be one, with its queue written", Size: fmt.Sprintf("%d people, one in five there twice", people), Ours: took.Seconds(), Unit: "s", Bar: "told", Met: true,
		Detail: fmt.Sprintf("one processor; %d pairs compared, %d proposed, %d were made", runs[0].Candidates, runs[0].Fresh, twins),
	}}, nil
}

// resembling makes people up, one in five a second time with a slip, and tells how many pairs those are.
func (p *place) resembling(ctx context.Context, n int) (twins int, err error) {
	r := rand.New(rand.NewPCG(14, 15))
	var last conductor.Profile
	for first := 1; first <= n; first += atOnce {
		tx, err := p.store.Begin(ctx, p.ws.Number)
		if err != nil {
			return 0, err
		}
		ch := &conductor.Changes{}
		for k := first; k < min(first+atOnce, n+1); k++ {
			who, err := p.somebody(r, person.Number(k))
			if err != nil {
				return 0, errors.Join(err, tx.Rollback())
			}
			card := madeUp(r)
			if k%5 == 0 {
				card, twins = slipped(r, last), twins+1
			}
			last = card
			b, err := json.Marshal(card)
			if err != nil {
				return 0, errors.Join(err, tx.Rollback())
			}
			sealer, err := p.ring.Person(who.Number, who.Key)
			if err != nil {
				return 0, errors.Join(err, tx.Rollback())
			}
			who.Profile = sealer.Seal("profile", b)
			state, err := p.joined(engine.Progress{}).Encode()
			if err != nil {
				return 0, errors.Join(err, tx.Rollback())
			}
			ch.People = append(ch.People, who)
			ch.Settled = append(ch.Settled, conductor.StateRow{Person: who.Number, Bucket: who.Bucket, State: state, Wake: engine.Never})
			var h [16]byte
			binary.BigEndian.PutUint64(h[:], uint64(k))
			ch.Identities = append(ch.Identities, conductor.Identity{Type: "userId", Hash: h, Person: who.Number, Bucket: who.Bucket})
		}
		if err := tx.Write(ctx, tx.Head(), ch); err != nil {
			return 0, errors.Join(err, tx.Rollback())
		}
		if err := tx.Commit(); err != nil {
			return 0, err
		}
	}
	return twins, nil
}

func madeUp(r *rand.Rand) conductor.Profile {
	last := []rune("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎")
	given := []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉华建国红梅文辉玲春林志海燕晓峰宁波雪琴云飞凤珍庆生福荣德成鑫龙俊宇浩然")
	one := func(of []rune) string { return string(of[int(r.Float64()*r.Float64()*float64(len(of)))]) }
	return conductor.Profile{
		Name: one(last) + one(given) + one(given), Gender: []string{"male", "female"}[r.IntN(2)], BirthYear: 1930 + r.IntN(75), Phone: fmt.Sprintf("1%d%09d", 3+r.IntN(7), r.IntN(1e9)),
	}
}

// slipped is somebody as another source has them: now and then without the year, with another number or a character left out.
func slipped(r *rand.Rand, of conductor.Profile) conductor.Profile {
	switch r.IntN(4) {
	case 0:
		of.BirthYear = 0
	case 1:
		of.Phone = ""
	case 2:
		x := []rune(of.Name)
		of.Name = string(x[:len(x)-1])
	}
	return of
}
