package deliver

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"peiban/internal/out"
	"peiban/internal/staff"
)

// Modes of what is made: whoever runs us and their group, for a program that fetches the files.
const (
	folderMode = 0o750
	fileMode   = 0o640
)

// folder is a folder under the root. Everything goes through os.Root, which no link leads out of.
type folder struct {
	root string
	name string
}

func (p *Places) folder(name string) (Place, error) {
	if p.Root == "" {
		return nil, errNoRoot
	}
	w := out.Where{Kind: out.Folder, Folder: name}
	if err := w.Check(p.Guard); err != nil {
		return nil, err
	}
	return &folder{p.Root, filepath.FromSlash(w.Folder)}, nil
}

// in does something in the folder, which is made when it is missing.
func (f *folder) in(do func(dir *os.Root) error) error {
	root, err := os.OpenRoot(f.root)
	if err != nil {
		return f.why(err)
	}
	defer root.Close()
	if err := root.MkdirAll(f.name, folderMode); err != nil {
		return f.why(err)
	}
	dir, err := root.OpenRoot(f.name)
	if err != nil {
		return f.why(err)
	}
	defer dir.Close()
	return f.why(do(dir))
}

// why says in words why something did not go. Names of the machine's folders are kept out of it.
func (f *folder) why(err error) error {
	switch {
	case err == nil:
		return nil
	case f.leadsOut():
		return errOutside
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return errFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return errDenied
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, fs.ErrExist):
		return errNotDir
	}
	return errDisk
}

// leadsOut reports whether a link on the way leads out of the root.
func (f *folder) leadsOut() bool {
	root, err := filepath.EvalSymlinks(f.root)
	if err != nil {
		return false
	}
	at := root
	for _, part := range strings.Split(f.name, string(filepath.Separator)) {
		at = filepath.Join(at, part)
		if info, err := os.Lstat(at); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		real, err := filepath.EvalSymlinks(at)
		if err != nil { // it leads to nothing, which says nothing of where
			target, _ := os.Readlink(at)
			return filepath.IsAbs(target)
		}
		if rel, err := filepath.Rel(root, real); err != nil || !filepath.IsLocal(rel) {
			return true
		}
		at = real
	}
	return false
}

func (f *folder) Ready(context.Context) error {
	name := ".ready-" + staff.NewToken()[:12]
	return f.in(func(dir *os.Root) error {
		file, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		if err != nil {
			return err
		}
		return errors.Join(file.Close(), dir.Remove(name))
	})
}

// Put writes under a name of its own and renames: whoever looks into the folder sees the whole file or none.
func (f *folder) Put(ctx context.Context, name string, content io.ReadSeeker, size int64, _ string) error {
	return f.in(func(dir *os.Root) error {
		part := "." + name + "." + staff.NewToken()[:12] + ".part"
		f.sweep(dir, name)
		file, err := dir.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
		if err != nil {
			return err
		}
		if _, err = content.Seek(0, io.SeekStart); err == nil {
			_, err = io.CopyN(file, content, size) // less of it is an error
		}
		if err = cmp.Or(err, ctx.Err()); err == nil {
			err = file.Sync()
		}
		if err = errors.Join(err, file.Close()); err == nil {
			err = dir.Rename(part, name)
		}
		if err != nil {
			_ = dir.Remove(part)
			return err
		}
		if d, err := dir.Open("."); err == nil { // so that the name outlasts a loss of power
			_ = d.Sync()
			_ = d.Close()
		}
		return nil
	})
}

// sweep removes what a worker that was killed left of the same file.
func (f *folder) sweep(dir *os.Root, name string) {
	found, err := fs.Glob(dir.FS(), "."+name+".*.part")
	if err != nil {
		return
	}
	for _, old := range found {
		_ = dir.Remove(old)
	}
}

func (f *folder) Remove(_ context.Context, name string) error {
	return f.in(func(dir *os.Root) error { return dir.Remove(name) })
}
