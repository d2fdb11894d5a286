package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"peiban/internal/store"
	"peiban/internal/workspace/keys"
)

// server is one cluster per test process: the one at PEIBAN_TEST_POSTGRES, else one of our own.
type server struct {
	url      *url.URL // of the database "postgres"
	admin    *sql.DB
	template string
	process  *os.Process
	dir      string
	made     atomic.Int64
}

var (
	starting sync.Mutex
	running  *server
)

// Postgres gives a store on a new database of this process's cluster. Without a server it fails; it never skips.
func Postgres(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, PostgresURL(t))
}

// PostgresURL gives the address of a new, migrated database.
func PostgresURL(t testing.TB) string {
	t.Helper()
	starting.Lock()
	defer starting.Unlock()
	if running == nil {
		s, err := start()
		if err != nil {
			t.Fatalf("start PostgreSQL (or set PEIBAN_TEST_POSTGRES): %v", err)
		}
		running = s
	}
	name := fmt.Sprintf("peiban_test_%d_%d", os.Getpid(), running.made.Add(1))
	if _, err := running.admin.Exec("CREATE DATABASE " + name + " TEMPLATE " + running.template); err != nil {
		t.Fatalf("create a database: %v", err)
	}
	admin := running.admin
	t.Cleanup(func() { _, _ = admin.Exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	return running.at(name)
}

// Serve starts a server for what is no test, such as a benchmark: a cluster that waits for the disk, as one in service does. fresh gives
// the address of a new, migrated database.
func Serve() (fresh func() (string, error), stop func(), err error) {
	s, err := start()
	if err != nil {
		return nil, nil, err
	}
	fresh = func() (string, error) {
		name := fmt.Sprintf("peiban_%d_%d", os.Getpid(), s.made.Add(1))
		if _, err := s.admin.Exec("CREATE DATABASE " + name + " TEMPLATE " + s.template); err != nil {
			return "", fmt.Errorf("create a database: %w", err)
		}
		return s.at(name), nil
	}
	return fresh, s.stop, nil
}

// Main runs the tests of a package that uses Postgres and stops the server afterwards.
func Main(m *testing.M) {
	code := m.Run()
	starting.Lock()
	defer starting.Unlock()
	if running != nil {
		running.stop()
	}
	os.Exit(code)
}

func (s *server) at(database string) string {
	u := *s.url
	u.Path = "/" + database
	return u.String()
}

func start() (*server, error) {
	s := &server{template: fmt.Sprintf("peiban_template_%d", os.Getpid())}
	if given := os.Getenv("PEIBAN_TEST_POSTGRES"); given != "" {
		u, err := url.Parse(given)
		if err != nil {
			return nil, err
		}
		s.url = u
	} else if err := s.launch(); err != nil {
		return nil, err
	}
	if err := s.prepare(); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func (s *server) prepare() error {
	var err error
	if s.admin, err = sql.Open("pgx", s.url.String()); err != nil {
		return err
	}
	for try := 0; ; try++ {
		if err = s.admin.Ping(); err == nil {
			break
		}
		if try == 300 {
			return err
		}
		time.Sleep(50 * time.Millisecond)
	}
	if _, err := s.admin.Exec("CREATE DATABASE " + s.template); err != nil {
		return err
	}
	m, err := keys.Load("", strings.Repeat("5a", 32))
	if err != nil {
		return err
	}
	st, err := store.Open(context.Background(), s.at(s.template), store.Options{Keys: m})
	if err != nil {
		return err
	}
	return st.Close()
}

// launch makes a cluster in a temporary folder and listens on a socket there, so that no port is taken.
func (s *server) launch() error {
	bins, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(bins) == 0 {
		return fmt.Errorf("no /usr/lib/postgresql/*/bin: install the package postgresql")
	}
	sort.Slice(bins, func(i, j int) bool { return version(bins[i]) < version(bins[j]) })
	bin := bins[len(bins)-1]
	if s.dir, err = os.MkdirTemp("/tmp", "peiban-pg-"); err != nil {
		return err
	}
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT} // the server goes when the test is killed
	if os.Getuid() == 0 {                                    // it refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(s.dir, uid, gid); err != nil {
			return err
		}
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	command := func(name string, args ...string) *exec.Cmd {
		c := exec.Command(filepath.Join(bin, name), args...)
		c.Dir = s.dir
		c.Env = []string{"HOME=" + s.dir, "LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"}
		c.SysProcAttr = attr
		return c
	}
	data := filepath.Join(s.dir, "d")
	if out, err := command("initdb", "-D", data, "-U", "peiban", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync").CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	c := command("postgres", "-D", data, "-c", "listen_addresses=", "-c", "unix_socket_directories="+s.dir,
		"-c", "shared_buffers=64MB", "-c", "max_connections=200", "-c", "timezone=UTC", "-c", "log_min_messages=fatal")
	if err := c.Start(); err != nil {
		return err
	}
	s.process = c.Process
	s.url = &url.URL{Scheme: "postgres", Path: "/postgres", RawQuery: url.Values{"host": {s.dir}, "user": {"peiban"}}.Encode()}
	return nil
}

func (s *server) stop() {
	if s.admin != nil {
		_, _ = s.admin.Exec("DROP DATABASE IF EXISTS " + s.template + " WITH (FORCE)")
		_ = s.admin.Close()
	}
	if s.process != nil {
		_ = s.process.Signal(syscall.SIGQUIT)
		_, _ = s.process.Wait()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

func version(bin string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	return n
}
