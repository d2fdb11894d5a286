package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// output is an operation's answer.
type output[T any] struct {
	Body T
}

// tagged is output with the version of what it tells.
type tagged[T any] struct {
	ETag string `header:"ETag" doc:"the version; send it as If-Match with a change"`
	Body T
}

// operation says where an operation is and whom it is for.
type operation struct {
	id, method, path, tag, summary string
	who                            who
}

// serve registers an operation whose errors become problems in one place.
func serve[I, T any](s *Server, o operation, do func(context.Context, *I) (T, error)) {
	var none T
	if _, ok := any(none).(versioned); ok {
		serveTagged(s, o, do)
		return
	}
	huma.Register(s.huma, s.describe(o), func(ctx context.Context, in *I) (*output[T], error) {
		body, err := do(ctx, in)
		if err != nil {
			return nil, s.fails(requestOf(ctx), err)
		}
		return &output[T]{Body: body}, nil
	})
}

func serveTagged[I, T any](s *Server, o operation, do func(context.Context, *I) (T, error)) {
	huma.Register(s.huma, s.describe(o), func(ctx context.Context, in *I) (*tagged[T], error) {
		body, err := do(ctx, in)
		if err != nil {
			return nil, s.fails(requestOf(ctx), err)
		}
		v, _ := any(body).(versioned) // serve looked
		return &tagged[T]{ETag: v.etag(), Body: body}, nil
	})
}

// act registers an operation that answers nothing but that it is done.
func act[I any](s *Server, o operation, do func(context.Context, *I) error) {
	huma.Register(s.huma, s.describe(o), func(ctx context.Context, in *I) (*struct{}, error) {
		if err := do(ctx, in); err != nil {
			return nil, s.fails(requestOf(ctx), err)
		}
		return nil, nil
	})
}

// withCookie is output with a cookie set.
type withCookie[T any] struct {
	SetCookie []http.Cookie `header:"Set-Cookie"`
	Body      T
}

// serveCookie registers an operation that may set or clear a cookie.
func serveCookie[I, T any](s *Server, o operation, do func(context.Context, *I) (T, *http.Cookie, error)) {
	huma.Register(s.huma, s.describe(o), func(ctx context.Context, in *I) (*withCookie[T], error) {
		body, cookie, err := do(ctx, in)
		if err != nil {
			return nil, s.fails(requestOf(ctx), err)
		}
		out := &withCookie[T]{Body: body}
		if cookie != nil {
			out.SetCookie = []http.Cookie{*cookie}
		}
		return out, nil
	})
}

// file documents an address that answers a file; its handler is a plain one.
func (s *Server) file(o operation, media string, in any) {
	op := s.describe(o)
	op.Responses = map[string]*huma.Response{"200": {Description: "the file", Content: map[string]*huma.MediaType{strings.TrimSuffix(media, "; charset=utf-8"): {}}}}
	t := reflect.TypeOf(in).Elem()
	for i := range t.NumField() {
		f := t.Field(i)
		if name, _, _ := strings.Cut(f.Tag.Get("query"), ","); name != "" {
			op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "query", Description: f.Tag.Get("doc"), Schema: huma.SchemaFromType(s.huma.OpenAPI().Components.Schemas, f.Type)})
		}
	}
	s.huma.OpenAPI().AddOperation(&op)
}

func (s *Server) describe(o operation) huma.Operation {
	op := huma.Operation{
		OperationID: o.id, Method: o.method, Path: o.path, Summary: o.summary, Tags: []string{o.tag},
		Metadata: map[string]any{"who": o.who}, MaxBodyBytes: bodyLimit(o.path),
		// The body is in memory before an operation is asked. A deadline left on the connection would end whatever takes longer,
		// such as publishing, and the request after it.
		BodyReadTimeout: -1,
	}
	if o.who == "" {
		op.Metadata["who"] = forStaff
	}
	return op
}

// operations lists every operation there is, group by group.
func (s *Server) operations() {
	s.sessionOperations()
	s.rehearsalSpaceOperations()
	s.workspaceOperations()
	s.personOperations()
	s.eraseOperations()
	s.timelineOperations()
	s.fileOperations()
	s.measureOperations()
	s.familyOperations()
	s.sharedOperations()
	s.knowsOperations()
	s.householdOperations()
	s.referralOperations()
	s.changeOperations()
	s.visitOperations()
	s.entranceOperations()
	s.formOperations()
	s.tagOperations()
	s.taskOperations()
	s.taskBulkOperations()
	s.briefOperations()
	s.calendarOperations()
	s.messageOperations()
	s.programmeOperations()
	s.ruleOperations()
	s.foundOperations()
	s.draftOperations()
	s.rehearsalOperations()
	s.documentOperations()
	s.partOperations()
	s.trialOperations()
	s.archiveOperations()
	s.importOperations()
	s.importMapOperations()
	s.productOperations()
	s.receiptOperations()
	s.beginningOperations()
	s.checklistOperations()
	s.versionOperations()
	s.segmentOperations()
	s.doubtOperations()
	s.reviewOperations()
	s.matchRunOperations()
	s.identityPolicyOperations()
	s.memberOperations()
	s.layerOperations()
	s.effectOperations()
	s.ownerOperations()
	s.courseOperations()
	s.clockOperations()
	s.auditOperations()
	s.recordOperations()
	s.listingOperations()
	s.sourceOperations()
	s.uploaderOperations()
	s.withdrawOperations()
	s.rejectOperations()
	s.outOperations()
	s.stoppedOperations()
	s.feedOperations()
	s.eventOperations()
	s.meOperations()
	s.myReadingOperations()
	s.myMessageOperations()
	s.wordingOperations()
	s.consentOperations()
	s.preferenceOperations()
	s.stopOperations()
	s.corpOperations()
	s.outletOperations()
	s.effectSettingsOperations()
	s.capOperations()
	s.conversationOperations()
	s.knowledgeOperations()
	if s.demo != nil {
		s.demoOperations()
	}
}
