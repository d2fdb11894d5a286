package programme_test

import (
	"io/fs"
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
