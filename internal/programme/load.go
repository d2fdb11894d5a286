package programme

import "io/fs"

// Load reads the programme in folder dir of fsys. It reports every mistake that can be seen without
// compiling rules; a programme that could be read in part comes back beside its problems.
func Load(fsys fs.FS, dir string) (*Programme, Problems) { return nil, nil }

// Compile makes a loaded programme ready to run: rules, references, the order of tags.
func Compile(p *Programme) (*Compiled, Problems) { return nil, nil }

// Open is Load and Compile. With any problem there is no Compiled.
func Open(fsys fs.FS, dir string) (*Compiled, Problems) { return nil, nil }

// Programme is a programme as its files say it, not yet compiled.
type Programme struct{}
