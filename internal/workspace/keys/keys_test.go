package keys

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"peiban/internal/person"
)

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "peiban.db.key")
	if _, err := Load(path, ""); !errors.Is(err, ErrNoKey) {
		t.Fatalf("no file, no variable: got %v", err)
	}
	made, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Create(path); err == nil {
		t.Fatal("a second Create overwrote the key")
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v", info.Mode())
	}
	loaded, err := Load(path, "")
	if err != nil || loaded.Text() != made.Text() {
		t.Fatalf("loaded %v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, ""); !errors.Is(err, ErrOpenFile) {
		t.Fatalf("readable by others: got %v", err)
	}

	base := strings.TrimPrefix(strings.TrimSpace(made.Text()), "1:")
	for name, env := range map[string]string{"base64": base, "hex": hex.EncodeToString(made.secrets[1]), "with version": made.Text(), "newline": base + "\n"} {
		m, err := Load("", env)
		if err != nil || m.Text() != made.Text() {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, env := range []string{"short", "0:" + base, "x:" + base, base + "," + base, "1:"} {
		if _, err := Load(path, env); !errors.Is(err, ErrBadKey) {
			t.Errorf("%q: got %v", env, err)
		}
	}
}

func ring(t *testing.T, m *Master, wrapped []byte) *Ring {
	t.Helper()
	r, err := m.Ring(7, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func master(t *testing.T) *Master {
	t.Helper()
	m, err := newMaster(map[uint16][]byte{1: random(size)})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSealIsBound(t *testing.T) {
	m := master(t)
	wrapped := m.NewWorkspaceKey(7)
	r := ring(t, m, wrapped)
	key := r.NewPersonKey(3)
	s, err := r.Person(3, key)
	if err != nil {
		t.Fatal(err)
	}
	sealed := s.Seal("profile", []byte("王秀兰"))
	if got, err := s.Open("profile", sealed); err != nil || string(got) != "王秀兰" {
		t.Fatalf("got %q, %v", got, err)
	}
	if _, err := s.Open("body", sealed); !errors.Is(err, ErrSealed) {
		t.Error("opened for another purpose")
	}
	if _, err := r.Person(4, key); !errors.Is(err, ErrSealed) {
		t.Error("the key opened for another person")
	}
	if _, err := m.Ring(8, wrapped); !errors.Is(err, ErrSealed) {
		t.Error("the key opened for another workspace")
	}
	if _, err := master(t).Ring(7, wrapped); !errors.Is(err, ErrSealed) {
		t.Error("another master opened the key")
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := s.Open("profile", sealed); !errors.Is(err, ErrSealed) {
		t.Error("damage went unseen")
	}
	for n := range 20 {
		if _, err := s.Open("profile", sealed[:n]); n > 0 && !errors.Is(err, ErrSealed) {
			t.Errorf("%d bytes opened", n)
		}
	}
	if _, err := r.Person(3, nil); !errors.Is(err, ErrErased) {
		t.Error("an erased person has a key")
	}
}

func TestRotationKeepsTextsAndHashes(t *testing.T) {
	m := master(t)
	wrapped := m.NewWorkspaceKey(7)
	old := ring(t, m, wrapped)
	key := old.NewPersonKey(3)
	s, _ := old.Person(3, key)
	sealed := s.Seal("profile", []byte("text"))

	next, err := m.Next()
	if err != nil {
		t.Fatal(err)
	}
	renewed, err := m.Renew(7, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	if renewed, err = m.Rewrap(7, renewed, next); err != nil {
		t.Fatal(err)
	}
	only, err := next.Only()
	if err != nil || only.Version() != 2 {
		t.Fatal(only, err)
	}
	fresh := ring(t, only, renewed)
	if fresh.Version() != old.Version()+1 {
		t.Error("the version did not move")
	}
	if fresh.Hash("phone", "13800000000") != old.Hash("phone", "13800000000") {
		t.Error("hashes changed: nobody would be found again")
	}
	moved, err := old.Rewrap(3, key, fresh)
	if err != nil {
		t.Fatal(err)
	}
	s, err = fresh.Person(3, moved)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Open("profile", sealed); err != nil || string(got) != "text" {
		t.Fatalf("got %q, %v", got, err)
	}
	if _, err := fresh.Person(3, key); err == nil {
		t.Error("the old wrapping still opens")
	}
	if _, err := m.Ring(7, renewed); !errors.Is(err, ErrSealed) {
		t.Error("the old master opens what the new one wrapped")
	}
}

func TestHashIsKeyed(t *testing.T) {
	m := master(t)
	a, b := ring(t, m, m.NewWorkspaceKey(7)), ring(t, m, m.NewWorkspaceKey(7))
	if a.Hash("phone", "1") == b.Hash("phone", "1") {
		t.Error("two workspaces share hashes")
	}
	if a.Hash("phone", "1") == a.Hash("last4", "1") {
		t.Error("two kinds share hashes")
	}
}

func TestOpenedKeysAreBounded(t *testing.T) {
	m := master(t)
	r := ring(t, m, m.NewWorkspaceKey(7))
	for p := person.Number(1); p <= held+10; p++ {
		if _, err := r.Person(p, r.NewPersonKey(p)); err != nil {
			t.Fatal(err)
		}
	}
	if len(r.opened) > held {
		t.Errorf("%d opened keys are kept", len(r.opened))
	}
	r.Forget(held + 10)
	if r.opened[held+10] != nil {
		t.Error("a forgotten key is still open")
	}
}
