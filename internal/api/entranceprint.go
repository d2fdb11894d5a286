package api

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"

	qrcode "github.com/skip2/go-qrcode"

	"peiban/internal/entrance"
	"peiban/internal/fault"
	"peiban/internal/staff"
)

// codeInput is how a picture of a code is wanted.
type codeInput struct {
	Cm      string `query:"cm" doc:"width in cm, 1 to 50; 5 when not given"`
	DPI     string `query:"dpi" doc:"dots an inch, 72 to 1200; 300 when not given. At most 6000 dots across"`
	Caption string `query:"caption" doc:"1: the name and the place below the code, in the SVG"`
}

type codesInput struct {
	codeInput
	IDs string `query:"ids" doc:"ids of codes, separated by commas; every code that is open when not given"`
}

var (
	errSize     = fault.New(fault.Invalid, "code_size", "宽 1 到 50 厘米，分辨率 72 到 1200，横向最多 6000 点", "1 to 50 cm wide, 72 to 1200 dpi, at most 6000 dots across").Because("例如 5 厘米、300 dpi", "such as 5 cm at 300 dpi")
	errManyCode = fault.New(fault.TooLarge, "too_many_codes", "一次最多 500 个码", "at most 500 codes at once").Because("先筛选", "filter first")
)

const (
	mostDots  = 6000
	mostCodes = 500
	cmPerInch = 2.54
)

// printing is how large a picture is.
type printing struct {
	cm      float64
	dpi     int
	caption bool
}

func printingOf(r *http.Request) (printing, error) {
	p := printing{cm: 5, dpi: 300, caption: r.URL.Query().Get("caption") == "1"}
	var err error
	if v := r.URL.Query().Get("cm"); v != "" {
		if p.cm, err = strconv.ParseFloat(v, 64); err != nil {
			return p, errSize.At("query.cm")
		}
	}
	if v := r.URL.Query().Get("dpi"); v != "" {
		if p.dpi, err = strconv.Atoi(v); err != nil {
			return p, errSize.At("query.dpi")
		}
	}
	if !(p.cm >= 1 && p.cm <= 50) || p.dpi < 72 || p.dpi > 1200 || p.dots() > mostDots {
		return p, errSize.At("query.cm")
	}
	return p, nil
}

func (p printing) dots() int { return int(p.cm/cmPerInch*float64(p.dpi) + 0.5) }

// png is the code with its white border, and in the file how large it is to be printed.
func (p printing) png(url string) ([]byte, error) {
	b, err := qrcode.Encode(url, qrcode.Medium, p.dots())
	if err != nil {
		return nil, fmt.Errorf("draw a code: %w", err)
	}
	return withSize(b, p.dpi), nil
}

// withSize puts the chunk pHYs, dots a metre, after the head of a PNG, which is always 33 bytes.
func withSize(b []byte, dpi int) []byte {
	const head = 8 + 25
	if len(b) < head {
		return b
	}
	chunk := make([]byte, 21)
	binary.BigEndian.PutUint32(chunk, 9)
	copy(chunk[4:], "pHYs")
	perMetre := uint32(float64(dpi)*100/cmPerInch + 0.5)
	binary.BigEndian.PutUint32(chunk[8:], perMetre)
	binary.BigEndian.PutUint32(chunk[12:], perMetre)
	chunk[16] = 1
	binary.BigEndian.PutUint32(chunk[17:], crc32.ChecksumIEEE(chunk[4:17]))
	return slices.Concat(b[:head], chunk, b[head:])
}

// svg is the code as squares, with a caption below it where one is wanted.
func (p printing) svg(url string, lines ...string) ([]byte, error) {
	q, err := qrcode.New(url, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("draw a code: %w", err)
	}
	dots := q.Bitmap()
	n := len(dots)
	high := float64(n)
	if !p.caption {
		lines = nil
	}
	lines = slices.DeleteFunc(slices.Clone(lines), func(s string) bool { return s == "" })
	const lineHigh = 3.0 // modules
	high += lineHigh * float64(len(lines))
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%gcm" height="%gcm" viewBox="0 0 %d %g" shape-rendering="crispEdges"><rect width="100%%" height="100%%" fill="#fff"/><path fill="#000" d="`,
		p.cm, p.cm*high/float64(n), n, high)
	for y, row := range dots {
		for x := 0; x < n; x++ {
			if !row[x] {
				continue
			}
			end := x
			for end < n && row[end] {
				end++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1H%dz", x, y, end-x, x)
			x = end
		}
	}
	b.WriteString(`"/>`)
	for i, l := range lines {
		fmt.Fprintf(&b, `<text x="%g" y="%g" font-size="2.2" text-anchor="middle" font-family="sans-serif" textLength="%g" lengthAdjust="spacingAndGlyphs">%s</text>`,
			float64(n)/2, float64(n)+lineHigh*float64(i)+1.2, min(2.2*float64(len([]rune(l))), float64(n)-4), html.EscapeString(l))
	}
	b.WriteString(`</svg>`)
	return b.Bytes(), nil
}

func (s *Server) printOperations() {
	s.file(operation{"entrance-png", http.MethodGet, "/api/entrances/{entrance}/code.png", "channels", "The QR picture of a code, as large as it is to be printed", forStaff}, "image/png", &codeInput{})
	s.file(operation{"entrance-svg", http.MethodGet, "/api/entrances/{entrance}/code.svg", "channels", "The QR picture of a code for a printer, with a caption", forStaff}, "image/svg+xml", &codeInput{})
	s.file(operation{"entrance-zip", http.MethodGet, "/api/entrances/codes.zip", "channels", "QR pictures of many codes, each as PNG and SVG", forStaff}, "application/zip", &codesInput{})
}

func (s *Server) printRoutes(mux *http.ServeMux) {
	for _, x := range []struct {
		path string
		do   func(http.ResponseWriter, *http.Request) (kind string, body []byte, err error)
	}{{"/api/entrances/{entrance}/code.png", s.codePicture}, {"/api/entrances/{entrance}/code.svg", s.codePicture}, {"/api/entrances/codes.zip", s.codesZip}} {
		mux.HandleFunc("GET "+x.path, func(w http.ResponseWriter, r *http.Request) {
			requestOf(r.Context()).route = x.path
			kind, body, err := x.do(w, r)
			if err != nil {
				w.Header().Del("Content-Disposition")
				writeProblem(w, r, s.fails(requestOf(r.Context()), err))
				return
			}
			w.Header().Set("Content-Type", kind)
			_, _ = w.Write(body) // the client is gone: nobody to tell
		})
	}
}

func (s *Server) codePicture(w http.ResponseWriter, r *http.Request) (string, []byte, error) {
	c, b, err := s.book(r.Context(), staff.CanReadPeople)
	if err != nil {
		return "", nil, err
	}
	e := b.ByID(r.PathValue("entrance"))
	if e == nil || !c.mine(e) {
		return "", nil, errNoEntrance
	}
	p, err := printingOf(r)
	if err != nil {
		return "", nil, err
	}
	url := s.base(r.Context()) + entrance.JoinPath + e.State
	if strings.HasSuffix(r.URL.Path, ".svg") {
		w.Header().Set("Content-Disposition", `attachment; filename="`+e.State+`.svg"`)
		out, err := p.svg(url, e.Name, e.Place)
		return "image/svg+xml", out, err
	}
	w.Header().Set("Content-Disposition", `inline; filename="`+e.State+`.png"`)
	out, err := p.png(url)
	return "image/png", out, err
}

func (s *Server) codesZip(w http.ResponseWriter, r *http.Request) (string, []byte, error) {
	c, b, err := s.book(r.Context(), staff.CanReadPeople)
	if err != nil {
		return "", nil, err
	}
	p, err := printingOf(r)
	if err != nil {
		return "", nil, err
	}
	var ids []string
	if v := r.URL.Query().Get("ids"); v != "" {
		ids = strings.Split(v, ",")
	}
	var list []*entrance.Entrance
	today := entrance.Date(c.today())
	for i := range b.All {
		if e := &b.All[i]; c.mine(e) && (ids == nil && e.StandingOn(today) == entrance.Open || slices.Contains(ids, e.ID)) {
			list = append(list, e)
		}
	}
	if len(list) > mostCodes {
		return "", nil, errManyCode
	}
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for i, e := range list {
		url := s.base(r.Context()) + entrance.JoinPath + e.State
		png, err := p.png(url)
		if err != nil {
			return "", nil, err
		}
		svg, err := p.svg(url, e.Name, e.Place)
		if err != nil {
			return "", nil, err
		}
		name := fmt.Sprintf("%03d-%s-%s", i+1, fileName(e.Name), e.State)
		for ending, body := range map[string][]byte{".png": png, ".svg": svg} {
			f, err := z.Create(name + ending)
			if err == nil {
				_, err = f.Write(body)
			}
			if err != nil {
				return "", nil, fmt.Errorf("pack the codes: %w", err)
			}
		}
	}
	if err := z.Close(); err != nil {
		return "", nil, fmt.Errorf("pack the codes: %w", err)
	}
	w.Header().Set("Content-Disposition", `attachment; filename="codes.zip"`)
	return "application/zip", packed.Bytes(), s.store.AppendAudit(r.Context(), c.space.number(), s.entry(r.Context(), c, "entrance.print", 0, map[string]any{"codes": len(list)}))
}

// fileName is a name without what a folder of Windows refuses.
func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`<>:"/\|?*. `, r) || r < ' ' {
			return '_'
		}
		return r
	}, s)
}
