package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// edges touch the world. Every other folder of internal/ is a domain package from its first file on: it knows no HTTP,
// no SQL, no store, no API and no sender.
var edges = []string{"api", "channel", "config", "ingest", "job", "sandbox", "simulate", "store"}

func TestWhoImportsWhom(t *testing.T) {
	files := 0
	err := filepath.WalkDir("../../internal", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files++
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel("../../internal", path)
		parts := strings.Split(filepath.ToSlash(rel), "/")
		for _, spec := range parsed.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if why := forbidden(parts[0], name); why != "" {
				t.Errorf("%s imports %s: %s", path, name, why)
			}
		}
		return nil
	})
	if err != nil || files < 50 {
		t.Fatalf("%d files read, %v", files, err)
	}
}

func forbidden(pkg, imported string) string {
	inside := strings.HasPrefix(imported, "peiban/internal/")
	name := strings.Split(strings.TrimPrefix(imported, "peiban/internal/"), "/")[0]
	domain := !slices.Contains(edges, pkg)
	sql := imported == "database/sql" || imported == "database/sql/driver"
	switch {
	case sql && pkg != "store":
		return "SQL lives in internal/store"
	case domain && imported == "net/http":
		return "domain packages know no HTTP"
	case !inside:
		return ""
	case domain && name != "channel" && slices.Contains(edges, name):
		return "domain packages know only each other"
	case domain && name == "channel" && imported != "peiban/internal/channel":
		return "only the contract of senders is known, no sender"
	case pkg == "api" && name == "store", pkg == "store" && name == "api":
		return "store and api never import each other"
	case pkg == "engine" && !slices.Contains([]string{"engine", "journey", "rule", "programme", "timeline", "event", "measure", "fault", "person", "message", "task", "consent"}, name):
		return "the engine is pure and knows what it computes with"
	case pkg == "rule" && !slices.Contains([]string{"rule", "timeline", "measure", "event", "fault", "person", "glucose", "adherence", "purchase", "medicine", "plan"}, name):
		return "rules read timelines"
	}
	return ""
}

func TestWhoMayNotImportWhom(t *testing.T) {
	for _, tt := range []struct {
		name, pkg, imported string
		may                 bool
	}{
		{"a domain package and HTTP", "person", "net/http", false},
		{"a domain package nobody has listed", "medicine", "net/http", false},
		{"an edge and HTTP", "ingest", "net/http", true},
		{"SQL outside the store", "ingest", "database/sql", false},
		{"a driver outside the store", "api", "database/sql/driver", false},
		{"SQL in the store", "store", "database/sql", true},
		{"a domain package and the store", "conductor", "peiban/internal/store", false},
		{"a domain package and a part of the store", "conductor", "peiban/internal/store/sqlite", false},
		{"the contract of senders", "conductor", "peiban/internal/channel", true},
		{"a sender", "conductor", "peiban/internal/channel/webhook", false},
		{"api and store", "api", "peiban/internal/store", false},
		{"store and api", "store", "peiban/internal/api", false},
		{"the engine and staff", "engine", "peiban/internal/staff", false},
		{"the engine and rules", "engine", "peiban/internal/rule", true},
		{"rules and journeys", "rule", "peiban/internal/journey", false},
	} {
		if why := forbidden(tt.pkg, tt.imported); (why == "") != tt.may {
			t.Errorf("%s: %q", tt.name, why)
		}
	}
}
