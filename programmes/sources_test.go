package programmes_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"peiban/internal/programme"
	"peiban/programmes"
)

var update = flag.Bool("update", false, "write the tables of docs/guide/sources.md anew")

// The guide says of every tag, setting, set of targets and stage where it comes from, as the programmes do.
func TestSourcesAreInTheGuide(t *testing.T) {
	const begin, end = "<!-- made: begin -->\n", "<!-- made: end -->"
	file := filepath.Join("..", "docs", "guide", "sources.md")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	top, rest, ok1 := strings.Cut(string(b), begin)
	_, bottom, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("%s has no place for the tables", file)
	}
	want := top + begin + sources(t) + end + bottom
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		b = []byte(want)
	}
	if string(b) != want {
		t.Error("docs/guide/sources.md differs from the programmes: go test ./programmes -run Sources -update")
	}
}

// sources are the tables: what is shared once, then each programme's own.
func sources(t *testing.T) string {
	folders, err := programme.Folders(programmes.FS)
	if err != nil {
		t.Fatal(err)
	}
	var shared, own strings.Builder
	said := map[string]bool{}
	for _, f := range folders {
		c, problems := programme.Open(programmes.FS, f)
		if problems != nil {
			t.Fatal(problems)
		}
		w := &own
		fmt.Fprintf(w, "\n### %s %s\n", c.Name.Zh, c.Name.En)
		var tags [][]string
		byPart := map[string][][]string{}
		for i := range c.Tags {
			tag := &c.Tags[i]
			if tag.Of != "" {
				continue
			}
			if tag.Source == "" && !tag.ByHand {
				t.Errorf("%s: %s has no source", f, tag.Key)
			}
			row := []string{"`" + tag.Key + "`", tag.Name.Zh + " " + tag.Name.En, tag.Source}
			if part, ok := strings.CutPrefix(tag.File, "common/"); ok {
				part, _, _ = strings.Cut(part, "/")
				byPart[part] = append(byPart[part], row)
			} else {
				tags = append(tags, row)
			}
		}
		for _, part := range []string{"contact", "consent", "lifecycle", "medicine"} {
			if rows := byPart[part]; len(rows) > 0 && !said[part] {
				said[part] = true
				fmt.Fprintf(&shared, "\n### common/%s\n", part)
				table(&shared, "tag", rows)
			}
		}
		table(w, "tag", tags)
		var stages [][]string
		for _, s := range c.Stages {
			stages = append(stages, []string{"`" + s.Key + "`", s.Name.Zh + " " + s.Name.En, s.Source})
		}
		table(w, "stage", stages)
		var targets [][]string
		for _, k := range keys(c.Targets) {
			x := c.Targets[k]
			targets = append(targets, []string{"`" + k + "`", x.Name.Zh + " " + x.Name.En, x.Source})
		}
		table(w, "targets", targets)
		var settings [][]string
		for _, k := range keys(c.Settings) {
			x := c.Settings[k]
			if x.Source == "" {
				t.Errorf("%s: setting %s has no source", f, k)
			}
			settings = append(settings, []string{fmt.Sprintf("`%s` = %v %s", k, x.Value, x.Unit), x.Name.Zh + " " + x.Name.En, x.Source})
		}
		table(w, "setting", settings)
	}
	return "\nTags every programme may take in:\n" + shared.String() + own.String() + "\n"
}

func table(w *strings.Builder, what string, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(w, "\n| %s | | source |\n|---|---|---|\n", what)
	for _, r := range rows {
		fmt.Fprintf(w, "| %s |\n", strings.Join(r, " | "))
	}
}

func keys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
