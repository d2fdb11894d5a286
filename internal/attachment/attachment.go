// Package attachment is about the files of a person, such as a scanned report: kept on disk, sealed with the person's key piece by
// piece, so that a file never lies in memory or on disk as it was sent, and is gone with the key.
package attachment

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

// Largest is how long a file may be: a report of many pages photographed by a phone.
const Largest = 20 << 20

const (
	piece = 64 << 10 // sealed at a time
	first = 512      // what a type is told by
)

var (
	// ErrLarge means that a file is longer than Largest; it was read no further.
	ErrLarge = fault.New(fault.TooLarge, "report_too_large", "文件太大，最多 20 MB", "the file is too large, 20 MB at most").
			Because("分成几份上传，或用较低的分辨率重新拍", "send it in parts, or scan it at a lower resolution")
	// ErrEmpty means that nothing was sent.
	ErrEmpty = fault.New(fault.Invalid, "report_empty", "文件是空的", "the file is empty").Because("重新选择文件", "choose the file again")
	// ErrType means that a file is none of those a report comes as.
	ErrType = fault.New(fault.Invalid, "report_type", "不能接收这种文件", "this kind of file is not taken").
		Because("可用：PDF、JPEG、PNG、WebP、HEIC、DICOM", "one of PDF, JPEG, PNG, WebP, HEIC, DICOM")
	// ErrNone means that there is no such file.
	ErrNone = fault.New(fault.Missing, "report_not_found", "没有找到这份文件", "no such file")
	// ErrDamaged means that a file on disk is cut off or was changed.
	ErrDamaged = fault.New(fault.Internal, "report_damaged", "文件已损坏", "the file is damaged")
)

// Sealer seals for one person; keys.Sealer does.
type Sealer interface {
	Seal(purpose string, plain []byte) []byte
	Open(purpose string, sealed []byte) ([]byte, error)
}

// Place is where a file belongs.
type Place struct {
	Workspace workspace.Number
	Person    person.ID
	File      string // a ULID
}

// Shelf is the folder all files lie in.
type Shelf struct{ Dir string }

func (s Shelf) folder(p Place) string {
	return filepath.Join(s.Dir, strconv.FormatInt(int64(p.Workspace), 10), strconv.Itoa(p.Person.Bucket()), string(p.Person))
}

func (s Shelf) path(p Place) (string, error) {
	if !sound(p.File) || !sound(string(p.Person)) {
		return "", ErrNone
	}
	return filepath.Join(s.folder(p), p.File), nil
}

// sound is an id of ours, which names nothing outside the folder.
func sound(id string) bool {
	return len(id) == 26 && !strings.ContainsFunc(id, func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') })
}

// Put reads a file and keeps it, sealed. It answers how long it is and what it is. Whatever goes wrong, nothing stays behind.
func (s Shelf) Put(ctx context.Context, p Place, key Sealer, r io.Reader) (size int64, media string, err error) {
	path, err := s.path(p)
	if err != nil {
		return 0, "", err
	}
	head := make([]byte, first)
	n, err := io.ReadFull(r, head)
	switch {
	case n == 0 && errors.Is(err, io.EOF):
		return 0, "", ErrEmpty
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return 0, "", fmt.Errorf("read a file: %w", err)
	}
	if media = Sniff(head[:n]); media == "" {
		return 0, "", ErrType
	}
	if err := os.MkdirAll(s.folder(p), 0o700); err != nil {
		return 0, "", fmt.Errorf("make the folder of a file: %w", err)
	}
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, "", fmt.Errorf("make a file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(path + ".new")
		}
	}()
	size, err = s.seal(ctx, f, p, key, io.MultiReader(bytes.NewReader(head[:n]), r))
	if err = errors.Join(err, f.Close()); err != nil {
		return 0, "", err
	}
	if err = os.Rename(path+".new", path); err != nil {
		return 0, "", fmt.Errorf("keep a file: %w", err)
	}
	return size, media, nil
}

func (s Shelf) seal(ctx context.Context, f *os.File, p Place, key Sealer, r io.Reader) (size int64, err error) {
	buf, ahead := make([]byte, piece), make([]byte, piece)
	n, err := io.ReadFull(r, buf)
	for i := 0; ; i++ {
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, fmt.Errorf("read a file: %w", err)
		}
		if size += int64(n); size > Largest {
			return 0, ErrLarge
		}
		if ctx.Err() != nil {
			return 0, ctx.Err()
		}
		m, end := 0, err != nil
		if !end {
			if m, err = io.ReadFull(r, ahead); m == 0 && errors.Is(err, io.EOF) {
				end = true
			}
		}
		sealed := key.Seal(purpose(p, i, end), buf[:n])
		if _, err := f.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(sealed))), sealed...)); err != nil {
			return 0, fmt.Errorf("write a file: %w", err)
		}
		if end {
			break
		}
		buf, ahead, n = ahead, buf, m
	}
	if err := f.Sync(); err != nil {
		return 0, fmt.Errorf("write a file: %w", err)
	}
	return size, nil
}

// purpose binds a piece to its file and place, and the last one to being the last: pieces cannot be swapped or cut off unseen.
func purpose(p Place, i int, last bool) string {
	return fmt.Sprintf("document %s %d %t", p.File, i, last)
}

// Write sends a kept file to w, piece by piece.
func (s Shelf) Write(ctx context.Context, w io.Writer, p Place, key Sealer) error {
	path, err := s.path(p)
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	if err != nil {
		return fmt.Errorf("open a file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("open a file: %w", err)
	}
	for i, at := 0, int64(0); ; i++ {
		var length [4]byte
		if _, err := io.ReadFull(f, length[:]); err != nil {
			return ErrDamaged.Wrap(err)
		}
		n := int64(binary.BigEndian.Uint32(length[:]))
		if at += 4 + n; at > info.Size() {
			return ErrDamaged
		}
		sealed := make([]byte, n)
		if _, err := io.ReadFull(f, sealed); err != nil {
			return ErrDamaged.Wrap(err)
		}
		last := at == info.Size()
		plain, err := key.Open(purpose(p, i, last), sealed)
		if err != nil {
			return ErrDamaged.Wrap(err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := w.Write(plain); err != nil {
			return fmt.Errorf("send a file: %w", err)
		}
		if last {
			return nil
		}
	}
}

// Has tells whether a file is there.
func (s Shelf) Has(p Place) bool {
	path, err := s.path(p)
	if err != nil {
		return false
	}
	_, err = os.Stat(path)
	return err == nil
}

// Drop removes a file whose keeping came to nothing.
func (s Shelf) Drop(p Place) {
	if path, err := s.path(p); err == nil {
		_ = os.Remove(path) // at worst a sealed file that nothing names
	}
}

// Clear removes everything of an erased person. Their key is gone, so what is left by a failure cannot be read.
func (s Shelf) Clear(w workspace.Number, p person.ID) error {
	if !sound(string(p)) {
		return nil
	}
	return os.RemoveAll(s.folder(Place{Workspace: w, Person: p}))
}

// Sniff tells the media type from a file's first bytes, never from its name; "" for what is not taken.
func Sniff(b []byte) string {
	has := func(at int, s string) bool { return len(b) >= at+len(s) && string(b[at:at+len(s)]) == s }
	switch {
	case has(0, "%PDF-"):
		return "application/pdf"
	case has(0, "\xff\xd8\xff"):
		return "image/jpeg"
	case has(0, "\x89PNG\r\n\x1a\n"):
		return "image/png"
	case has(0, "RIFF") && has(8, "WEBP"):
		return "image/webp"
	case has(4, "ftyp") && (has(8, "heic") || has(8, "heix") || has(8, "mif1") || has(8, "heif")):
		return "image/heic"
	case has(128, "DICM"):
		return "application/dicom"
	}
	return ""
}

// Extensions are the ends of names by media type.
var Extensions = map[string]string{
	"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "image/heic": ".heic", "application/dicom": ".dcm",
}

// longestName is how many characters of a name are kept.
const longestName = 80

// Name is a name as it may be shown and saved under: no folders, no control and direction marks, nothing a file system or a header
// could take for something else, and the end that goes with what the file is.
func Name(name, media string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Cf, r), strings.ContainsRune(`<>:"|?*%;`, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		name = name[:i]
	}
	name = strings.Trim(strings.TrimSpace(name), ". ")
	if r := []rune(name); len(r) > longestName {
		name = strings.TrimSpace(string(r[:longestName]))
	}
	if name == "" {
		name = "report"
	}
	return name + Extensions[media]
}
