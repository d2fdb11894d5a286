package programme_test

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"peiban/internal/programme"
	"peiban/programmes"
)

// One file that cannot be read is one problem, not hundreds about what it would have said.
func TestAFileThatCannotBeReadIsOneProblem(t *testing.T) {
	for _, tt := range []struct{ name, file, text string }{
		{"the programme", "programme.yaml", "key: [\n"},
		{"the tags", "tags/control.yaml", "lc_new:\n  when: [\n"},
		{"the segments", "segments.yaml", "watch: {\n"},
		{"the stages", "stages.yaml", "\tlost:\n"},
		{"a journey", "journeys/low-glucose.yaml", "name: [\n"},
		{"a text", "content/low-now.md", "no head\n"},
		{"tests", "tests/layers.yaml", "- name: [\n"},
		{"a file too large", "tags/control.yaml", string(make([]byte, 300<<10))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := fstest.MapFS{}
			err := fs.WalkDir(programmes.FS, ".", func(path string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				data, err := fs.ReadFile(programmes.FS, path)
				files[path] = &fstest.MapFile{Data: data}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if files["diabetes/"+tt.file] == nil {
				t.Fatalf("no %s to break", tt.file)
			}
			files["diabetes/"+tt.file] = &fstest.MapFile{Data: []byte(tt.text)}
			if problems := programme.Check(files, "diabetes"); len(problems) != 1 || problems[0].File != tt.file {
				t.Errorf("%d problems\n%v", len(problems), problems)
			}
		})
	}
}

// A file that is not there is one problem that names it or says what kind of file to look for. Tests and referrals are not
// asked: a programme is whole without them, and what tests are to hold is looked at in proof.
func TestAMissingFileIsOneProblem(t *testing.T) {
	if testing.Short() {
		t.Skip("it reads four programmes two hundred times")
	}
	folders, err := programme.Folders(programmes.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		t.Run(folder, func(t *testing.T) {
			c, problems := programme.Open(programmes.FS, folder)
			if problems != nil {
				t.Fatal(problems)
			}
			for _, file := range c.Files.Paths() {
				shared := strings.HasPrefix(file, "common/")
				if strings.HasPrefix(file, "common/purposes/content/") { // what is asked for beside the rules: nothing of the programme rests on it
					continue
				}
				if strings.Contains(file, "tests/") || file == "referrals.yaml" || shared && folder != "diabetes" {
					continue
				}
				files := fstest.MapFS{}
				for name, text := range c.Files { // a part's tests name nothing but the part's tags
					if name != file && (shared || !strings.Contains(name, "tests/") || !strings.HasPrefix(name, "common/")) {
						files["p/"+name] = &fstest.MapFile{Data: []byte(text)}
					}
				}
				_, problems := programme.Load(files, "p")
				if !strings.Contains(file, "content/") && !strings.Contains(file, "forms/") { // rules name neither
					_, problems = programme.Open(files, "p")
				}
				if len(problems) != 1 {
					t.Errorf("without %s: %d problems, want one\n%v", file, len(problems), problems)
					continue
				}
				if says := problems[0].String(); !names(says, file) {
					t.Errorf("without %s: %s", file, says)
				}
				for _, lang := range []string{"zh", "en"} {
					if len(problems[0].In(lang)) < 10 {
						t.Errorf("without %s: nothing is said in %s", file, lang)
					}
				}
			}
		})
	}
}

// names reports whether a problem says which file is missing, or of which kind.
func names(says, file string) bool {
	key := strings.TrimSuffix(path.Base(file), path.Ext(file))
	switch {
	case strings.Contains(says, "missing") && strings.Contains(says, path.Base(file)):
		return true
	case strings.Contains(file, "tags/") || path.Base(file) == "tags.yaml" || path.Base(file) == "segments.yaml":
		return strings.Contains(says, "no tag")
	case strings.Contains(file, "journeys/"):
		return strings.Contains(says, "no journey says") || strings.Contains(says, "no journey "+strconv.Quote(key))
	case strings.Contains(file, "consent-"):
		return strings.Contains(says, "no consent text asks for")
	}
	return strings.Contains(says, key)
}
