package programme

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"peiban/internal/fault"
)

// Files are the files of a programme as text, by path inside its folder. A version and a draft are kept as this.
type Files map[string]string

// Limits of a whole programme as it is kept; one file has maxFile.
const (
	maxFiles = 1000
	maxTotal = 8 << 20
)

var (
	errFilePath = fault.New(fault.Invalid, "bad_file_path", "项目里不能有这个文件", "a programme holds no such file").
			Because("programme.yaml、tags.yaml、stages.yaml、README.md，或 tags/*.yaml、journeys/*.yaml、content/*.md、forms/*.json、tests/*.yaml，公共部分在 common/*/ 里",
			"programme.yaml, tags.yaml, stages.yaml, README.md, or tags/*.yaml, journeys/*.yaml, content/*.md, forms/*.json, tests/*.yaml; shared parts are in common/*/")
	errTooBig = fault.New(fault.TooLarge, "programme_too_large", "项目的文件太多或太大", "the programme has too many or too large files").
			Because("一个文件最多 256 KB，一个项目最多 1000 个文件、8 MB", "a file has at most 256 KB, a programme 1000 files and 8 MB")
)

// PathOK reports whether a programme may have a file of that path.
func PathOK(name string) bool {
	if path.Clean(name) != name {
		return false
	}
	if rest, ok := strings.CutPrefix(name, sharedDir+"/"); ok {
		key, inside, _ := strings.Cut(rest, "/")
		return keyOK(key) && !strings.HasPrefix(inside, sharedDir+"/") && !slices.Contains([]string{"programme.yaml", "stages.yaml", "segments.yaml", referralsFile}, inside) &&
			(inside == "part.yaml" || PathOK(inside))
	}
	dir, file := path.Split(name)
	if strings.HasPrefix(file, ".") {
		return false
	}
	ext := map[string]string{"tags/": ".yaml", "journeys/": ".yaml", "content/": ".md", "forms/": ".json", "tests/": ".yaml"}[dir]
	if dir == "" {
		return slices.Contains(pieces, file) && path.Ext(file) != ""
	}
	return ext != "" && path.Ext(file) == ext && keyOK(strings.TrimSuffix(file, ext))
}

// Check reports a path no programme has, or files that are too large to be kept.
func (f Files) Check() error {
	total := 0
	for name, text := range f {
		if !PathOK(name) {
			return errFilePath.At("path")
		}
		if total += len(text); len(text) > maxFile {
			return errTooBig.At("text")
		}
	}
	if len(f) > maxFiles || total > maxTotal {
		return errTooBig
	}
	return nil
}

// Paths are the files in the order of their names.
func (f Files) Paths() []string {
	names := make([]string, 0, len(f))
	for n := range f {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// ReadFiles reads the files of a programme folder and of the parts it includes; what does not belong in one is left out.
func ReadFiles(fsys fs.FS, dir string) (Files, error) {
	f := Files{}
	err := walkFiles(fsys, dir, "", f)
	if err == nil {
		err = partFiles(fsys, dir, f)
	}
	if err != nil {
		return nil, fmt.Errorf("read the files of programme %s: %w", dir, err)
	}
	return f, nil
}

// walkFiles adds the files of folder dir to f, their paths beginning with under.
func walkFiles(fsys fs.FS, dir, under string, f Files) error {
	return fs.WalkDir(fsys, dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel := under + strings.TrimPrefix(strings.TrimPrefix(name, dir), "/")
		if !PathOK(rel) {
			return nil
		}
		if info, err := d.Info(); err != nil || info.Size() > maxFile {
			return err // Load says that it is too large
		}
		b, err := fs.ReadFile(fsys, name)
		f[rel] = string(b)
		return err
	})
}

// Open compiles the programme that f is.
func (f Files) Open() (*Compiled, Problems) { return Open(f.FS(), ".") }

// FS is f as a file system, its programme being the folder ".".
func (f Files) FS() fs.FS { return memory(f) }

// memory implements what Load asks of a file system, without a disk.
type memory map[string]string

// Open implements fs.FS.
func (m memory) Open(name string) (fs.File, error) {
	info, err := m.Stat(name)
	if err != nil {
		return nil, err
	}
	return &memoryFile{Reader: bytes.NewReader([]byte(m[name])), info: info}, nil
}

// ReadFile implements fs.ReadFileFS.
func (m memory) ReadFile(name string) ([]byte, error) {
	text, ok := m[name]
	if !ok {
		return nil, &fs.PathError{Op: "read", Path: name, Err: fs.ErrNotExist}
	}
	return []byte(text), nil
}

// Stat implements fs.StatFS.
func (m memory) Stat(name string) (fs.FileInfo, error) {
	if text, ok := m[name]; ok {
		return memoryInfo{name: path.Base(name), size: int64(len(text))}, nil
	}
	if list, err := m.ReadDir(name); err == nil && len(list) > 0 {
		return memoryInfo{name: path.Base(name), dir: true}, nil
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

// ReadDir implements fs.ReadDirFS.
func (m memory) ReadDir(name string) ([]fs.DirEntry, error) {
	under := ""
	if name != "." {
		under = name + "/"
	}
	seen := map[string]memoryInfo{}
	for n, text := range m {
		rest, ok := strings.CutPrefix(n, under)
		if !ok {
			continue
		}
		first, _, deeper := strings.Cut(rest, "/")
		seen[first] = memoryInfo{name: first, dir: deeper, size: int64(len(text))}
	}
	if len(seen) == 0 {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	out := make([]fs.DirEntry, 0, len(seen))
	for _, i := range seen {
		out = append(out, fs.FileInfoToDirEntry(i))
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return out, nil
}

type memoryFile struct {
	*bytes.Reader
	info fs.FileInfo
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *memoryFile) Close() error               { return nil }
func (f *memoryFile) Read(b []byte) (int, error) {
	if f.info.IsDir() {
		return 0, errors.New("a folder is not read")
	}
	return f.Reader.Read(b)
}

type memoryInfo struct {
	name string
	dir  bool
	size int64
}

func (i memoryInfo) Name() string       { return i.name }
func (i memoryInfo) Size() int64        { return i.size }
func (i memoryInfo) ModTime() time.Time { return time.Time{} }
func (i memoryInfo) IsDir() bool        { return i.dir }
func (i memoryInfo) Sys() any           { return nil }
func (i memoryInfo) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o500
	}
	return 0o400
}
