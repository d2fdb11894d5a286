package proof

import (
	"io/fs"
	"testing"

	"peiban/internal/programme"
	"peiban/programmes"
)

// Every programme that ships passes all of its own tests.
func TestShippedProgrammes(t *testing.T) {
	folders, err := programme.Folders(programmes.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		c, cases := open(t, programmes.FS, folder)
		results := Run(c, cases)
		failed := 0
		for _, r := range results {
			if !r.Passed {
				failed++
				t.Error(r)
			}
		}
		t.Logf("%s: %d cases, %d failed", folder, len(results), failed)
	}
}

func open(t *testing.T, fsys fs.FS, dir string) (*programme.Compiled, []programme.Case) {
	t.Helper()
	p, problems := programme.Load(fsys, dir)
	for _, x := range problems {
		t.Fatal(x.In("en"))
	}
	c, problems := programme.Compile(p)
	for _, x := range problems {
		t.Fatal(x.In("en"))
	}
	return c, p.Cases
}
