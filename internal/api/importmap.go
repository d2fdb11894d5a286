package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"peiban/internal/ingest/mapping"
	"peiban/internal/job"
	"peiban/internal/staff"
)

// ImportSetting is something of a guessed map that may be chosen otherwise.
type ImportSetting struct {
	Path    string         `json:"path"`
	Text    Text           `json:"text"`
	Value   string         `json:"value"`
	Options []ImportOption `json:"options" doc:"none: a word"`
}

// EarlierMap is the map of an earlier import whose table had the same columns.
type EarlierMap struct {
	Number int64          `json:"number"`
	Name   string         `json:"name" doc:"of its file"`
	At     string         `json:"at"`
	Map    map[string]any `json:"map"`
}

// ImportYAML is a map as people write it, and as peiban import table --map takes it.
type ImportYAML struct {
	YAML string `json:"yaml" maxLength:"262144"`
}

// ImportMapRead is a map that was read, with what is wrong with it, line by line.
type ImportMapRead struct {
	Map      map[string]any  `json:"map,omitempty"`
	Problems []ImportProblem `json:"problems"`
	Open     []string        `json:"open" doc:"paths where a question is open"`
}

type guessAsInput struct {
	ImportPath
	Body struct {
		Sheet  string            `json:"sheet,omitempty" maxLength:"200" doc:"of a workbook; empty: the one that looks most like a table"`
		Header string            `json:"header,omitempty" enum:",1,2" doc:"rows of the header; empty: found out"`
		Roles  map[string]string `json:"roles,omitempty" doc:"what columns are, by their names, against what their names look like: roles of guess-import"`
	}
}

type writeMapInput struct {
	Body struct {
		Map map[string]any `json:"map"`
	}
}

type readMapInput struct{ Body ImportYAML }

func (s *Server) importMapOperations() {
	serve(s, operation{"guess-import-as", http.MethodPost, "/api/imports/{number}/guess", "imports", "What the columns of an uploaded file look like where somebody says what some of them are", forStaff}, s.importGuessAs)
	serve(s, operation{"write-map", http.MethodPost, "/api/import-maps/write", "imports", "A map as YAML, to keep or for the command", forStaff}, s.writeMap)
	serve(s, operation{"read-map", http.MethodPost, "/api/import-maps/read", "imports", "A map out of YAML, with what is wrong line by line", forStaff}, s.readMap)
}

func (s *Server) importGuessAs(ctx context.Context, in *guessAsInput) (ImportGuess, error) {
	return s.guessed(ctx, in.Number, in.Body.Sheet, mapping.As{Roles: in.Body.Roles, Header: in.Body.Header})
}

func (s *Server) guessed(ctx context.Context, number int64, sheet string, as mapping.As) (ImportGuess, error) {
	c, j, err := s.importOf(ctx, number)
	if err != nil {
		return ImportGuess{}, err
	}
	if problems := as.Problems(); len(problems) > 0 {
		p := problems[0]
		return ImportGuess{}, errBadMap(&p)
	}
	sample, err := s.sample(ctx, c, &j, sheet)
	if err != nil {
		return ImportGuess{}, err
	}
	g, err := mapping.GuessAs(sample, as)
	if err != nil {
		return ImportGuess{}, err
	}
	out, err := guessWire(g)
	if err != nil {
		return out, err
	}
	out.Sheets, out.Sheet = sample.Sheets, sample.Sheet
	out.Earlier, err = s.earlierMap(ctx, c, &j, out.Columns)
	return out, err
}

// earlierMap finds the map of the newest import whose table had these columns.
func (s *Server) earlierMap(ctx context.Context, c *caller, j *job.Job, columns []ImportColumn) (*EarlierMap, error) {
	all, err := s.store.Jobs(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	names := columnNames(columns)
	for i := range all {
		old := &all[i]
		if old.Kind != job.Table || old.Number == j.Number || len(old.Told.Columns) == 0 || !slices.Equal(old.Told.Columns, names) {
			continue
		}
		out := &EarlierMap{Number: int64(old.Number), Name: old.Told.Name, At: moment(old.Created, c.space.loc)}
		out.Map, err = mapWire(old.Told.Map)
		return out, err
	}
	return nil, nil
}

func columnNames(columns []ImportColumn) []string {
	var out []string
	for _, c := range columns {
		out = append(out, c.Name)
	}
	slices.Sort(out)
	return out
}

func mapWire(m mapping.Map) (out map[string]any, err error) {
	b, err := json.Marshal(m)
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	return out, err
}

func (s *Server) writeMap(ctx context.Context, in *writeMapInput) (ImportYAML, error) {
	if _, _, err := s.authorize(ctx, staff.CanImport); err != nil {
		return ImportYAML{}, err
	}
	m, problems, err := ImportMap{Map: in.Body.Map}.load()
	if err != nil {
		return ImportYAML{}, err
	}
	if len(problems) > 0 {
		return ImportYAML{}, errBadMap(&problems[0])
	}
	text, _ := mapping.Write(m, nil, true)
	return ImportYAML{string(text)}, nil
}

func (s *Server) readMap(ctx context.Context, in *readMapInput) (ImportMapRead, error) {
	if _, _, err := s.authorize(ctx, staff.CanImport); err != nil {
		return ImportMapRead{}, err
	}
	m, _, problems := mapping.Load([]byte(in.Body.YAML))
	out := ImportMapRead{Problems: problemsWire(problems), Open: m.Unanswered()}
	if out.Open == nil {
		out.Open = []string{}
	}
	if len(problems) > 0 {
		return out, nil
	}
	var err error
	out.Map, err = mapWire(m)
	return out, err
}
