package programme

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"peiban/internal/fault"
)

// A programme travels as a zip of its folder. What comes in was packed by anybody: every name, size and kind of entry is
// looked at before its text is, and what is unpacked is counted as it comes, whatever the archive says of itself.

// MaxArchive is how large the packed file may be, in bytes: text packs to a fifth, so a whole programme fits.
const MaxArchive = maxTotal

// maxEntries bounds what is looked at: files, folders and what an archiver adds beside each of them.
const maxEntries = 4 * maxFiles

var (
	// ErrArchive means that a file is no zip, is cut off or is damaged.
	ErrArchive = fault.New(fault.Invalid, "bad_archive", "这个文件不是能读的 zip，或已损坏", "this file is not a readable zip, or is damaged").
			Because("把方案的文件夹重新压缩成 zip", "pack the programme's folder as a zip again")
	errEntryPath = fault.New(fault.Invalid, "bad_archive_path", "压缩包里有一个路径不在文件夹里", "the archive holds a path outside its folder")
	errEntryKind = fault.New(fault.Invalid, "bad_archive_entry", "压缩包里有链接、加密或特殊的文件", "the archive holds a link, or an encrypted or special file")
	errEntryText = fault.New(fault.Invalid, "bad_archive_text", "压缩包里有一个文件不是 UTF-8 文字", "a file in the archive is not UTF-8 text")
	errEntryTwo  = fault.New(fault.Invalid, "two_in_archive", "压缩包里有不止一个方案，或同一个文件有两份", "the archive holds more than one programme, or a file twice")
	errNoHead    = fault.New(fault.Invalid, "no_programme_yaml", "压缩包里没有 programme.yaml", "the archive holds no programme.yaml").
			Because("压缩方案的文件夹，programme.yaml 就在里面", "pack the programme's folder, in which programme.yaml stands")
)

// about names the entry an error is of. Names are shortened: anybody chose them.
func about(f *fault.Fault, name string) *fault.Fault {
	shown := strings.Map(func(r rune) rune {
		if r < ' ' || r == utf8.RuneError {
			return '?'
		}
		return r
	}, name)
	if r := []rune(shown); len(r) > 80 {
		shown = string(r[:80]) + "…"
	}
	c := *f
	c.Text = fault.Text{Zh: f.Text.Zh + "：" + shown, En: f.Text.En + ": " + shown}
	return &c
}

// ReadArchive reads the files of one programme from a zip of size bytes. The programme is the folder that holds programme.yaml, or
// the archive itself; shared parts may stand inside it or, as in a folder of programmes, beside it.
func ReadArchive(r io.ReaderAt, size int64) (Files, error) {
	if size > MaxArchive {
		return nil, errTooBig
	}
	z, err := zip.NewReader(r, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // such paths are named below
		return nil, ErrArchive.Wrap(err)
	}
	if len(z.File) > maxEntries {
		return nil, errTooBig
	}
	entries, err := regular(z.File)
	if err != nil {
		return nil, err
	}
	root, err := headOf(entries)
	if err != nil {
		return nil, err
	}
	out, total := Files{}, 0
	for _, e := range entries {
		name, ours := inside(root, e.Name)
		switch _, twice := out[name]; {
		case !ours || !PathOK(name):
			return nil, about(errFilePath, e.Name)
		case twice:
			return nil, about(errEntryTwo, e.Name)
		case len(out) == maxFiles:
			return nil, errTooBig
		}
		text, err := unpack(e, maxTotal-total)
		if err != nil {
			return nil, err
		}
		total += len(text)
		out[name] = text
	}
	return out, out.Check()
}

// regular are the entries that are files. Folders and what archivers of some systems add are left out; anything that could lead
// out of the folder, or is no plain file, is refused.
func regular(all []*zip.File) (out []*zip.File, err error) {
	for _, e := range all {
		name := strings.TrimSuffix(e.Name, "/")
		if name == "" || strings.ContainsAny(name, "\\\x00:") || !fs.ValidPath(name) {
			return nil, about(errEntryPath, e.Name)
		}
		mode := e.Mode()
		if e.Flags&1 != 0 || mode&(fs.ModeType&^fs.ModeDir) != 0 {
			return nil, about(errEntryKind, e.Name)
		}
		if mode.IsDir() || strings.HasSuffix(e.Name, "/") || hidden(name) {
			continue
		}
		out = append(out, e)
	}
	return out, nil
}

func hidden(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			return true
		}
	}
	return false
}

// headOf is the folder of programme.yaml.
func headOf(entries []*zip.File) (string, error) {
	found := []string{}
	for _, e := range entries {
		if path.Base(e.Name) == "programme.yaml" {
			found = append(found, path.Dir(e.Name))
		}
	}
	switch len(found) {
	case 0:
		return "", errNoHead
	case 1:
		return found[0], nil
	}
	return "", errEntryTwo
}

// inside is the path of an entry in the programme; ours is false for what does not belong to it.
func inside(root, name string) (rel string, ours bool) {
	if root == "." {
		return name, true
	}
	if rel, ours = strings.CutPrefix(name, root+"/"); ours {
		return rel, true
	}
	beside := path.Join(path.Dir(root), sharedDir) + "/"
	if rel, ours = strings.CutPrefix(name, beside); ours {
		return sharedDir + "/" + rel, true
	}
	return "", false
}

// unpack reads an entry and stops at the limit: what the archive says of its size is not believed.
func unpack(e *zip.File, room int) (string, error) {
	limit := min(maxFile, room)
	if e.UncompressedSize64 > uint64(limit) {
		return "", about(errTooBig, e.Name)
	}
	r, err := e.Open()
	if err != nil {
		return "", about(ErrArchive, e.Name).Wrap(err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	switch {
	case err != nil:
		return "", about(ErrArchive, e.Name).Wrap(err)
	case len(b) > limit:
		return "", about(errTooBig, e.Name)
	case !utf8.Valid(b) || strings.ContainsRune(string(b), 0):
		return "", about(errEntryText, e.Name)
	}
	return string(b), nil
}

// Archive writes f as a zip of one folder. The same files at the same moment give the same bytes.
func (f Files) Archive(w io.Writer, folder string, at time.Time) error {
	z := zip.NewWriter(w)
	for _, name := range f.Paths() {
		h := &zip.FileHeader{Name: path.Join(folder, name), Method: zip.Deflate, Modified: at.UTC()}
		h.SetMode(0o644)
		e, err := z.CreateHeader(h)
		if err == nil {
			_, err = io.WriteString(e, f[name])
		}
		if err != nil {
			return fmt.Errorf("pack %s: %w", name, err)
		}
	}
	return z.Close()
}
