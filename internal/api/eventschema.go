package api

import (
	"context"
	"net/http"

	"peiban/internal/event"
	"peiban/internal/fault"
)

// EventSchemas are the types of events a source may send, each with the JSON Schema of its properties.
type EventSchemas struct {
	Items []EventSchema `json:"items"`
}

// EventSchema is one of them.
type EventSchema struct {
	Key    string         `json:"key" doc:"event of a track call"`
	Name   Text           `json:"name"`
	Health bool           `json:"health" doc:"taken only of people who agreed to health data; else kept aside until they do"`
	Schema map[string]any `json:"schema" doc:"JSON Schema (2020-12) of properties"`
}

// OfEventType names a type of the catalogue.
type OfEventType struct {
	Key string `path:"key" maxLength:"60"`
}

func (s *Server) eventOperations() {
	serve(s, operation{"event-types", http.MethodGet, "/api/events", "sources", "The types of events a source may send, each with the JSON Schema of its properties", forAnyone}, s.eventTypes)
	serve(s, operation{"event-schema", http.MethodGet, "/api/events/{key}", "sources", "The JSON Schema of the properties of one type", forAnyone}, s.eventType)
}

func (s *Server) eventTypes(context.Context, *Empty) (EventSchemas, error) {
	out := EventSchemas{Items: []EventSchema{}}
	for _, spec := range event.Catalogue() {
		if !spec.System {
			out.Items = append(out.Items, schemaOf(&spec))
		}
	}
	return out, nil
}

var errNoType = fault.New(fault.Missing, "unknown_event_type", "目录里没有这种事件", "the catalogue has no such type").
	Because("全部类型见 /api/events", "/api/events lists all")

func (s *Server) eventType(_ context.Context, in *OfEventType) (EventSchema, error) {
	spec := event.Lookup(in.Key)
	if spec == nil || spec.System {
		return EventSchema{}, errNoType
	}
	return schemaOf(spec), nil
}

// schemaOf writes the catalogue's fields as JSON Schema. What depends on two fields (limits by unit, a stage of its system) is said in
// the description and checked on the way in.
func schemaOf(spec *event.Spec) EventSchema {
	properties, required := map[string]any{}, []string{}
	for i := range spec.Fields {
		f := &spec.Fields[i]
		p := map[string]any{}
		switch f.Kind {
		case event.Number:
			p["type"] = []string{"number", "null"}
			if spec.Type == event.Glucose && f.Name == "value" {
				p = map[string]any{"anyOf": []any{map[string]any{"type": "number"}, map[string]any{"enum": []string{"HI", "LO"}}}}
			}
			if len(f.Units) < 2 && (f.Min != 0 || f.Max != 0) {
				p["minimum"], p["maximum"] = f.Min, f.Max
			}
			switch {
			case len(f.Units) > 1:
				p["description"] = "in the unit given by unit"
			case f.Unit != "":
				p["description"] = "in " + f.Unit
			}
		case event.Bool:
			p["type"] = []string{"boolean", "null"}
		case event.Code:
			p["type"] = []string{"string", "null"}
			if len(f.Enum) > 0 {
				values := make([]any, 0, len(f.Enum)+1)
				for _, e := range f.Enum {
					values = append(values, e)
				}
				if !f.Required {
					values = append(values, "", nil)
				}
				p = map[string]any{"enum": values}
			}
		case event.Text:
			p["type"] = []string{"string", "null"}
			if f.Longest > 0 {
				p["maxLength"] = f.Longest
			}
		}
		if f.Required {
			required = append(required, f.Name)
			if t, ok := p["type"].([]string); ok {
				p["type"] = t[0]
			}
		}
		properties[f.Name] = p
	}
	schema := map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": spec.Key, "type": "object", "properties": properties, "additionalProperties": true,
	}
	if len(required) > 0 {
		schema["required"] = required
	}
	return EventSchema{Key: spec.Key, Name: spec.Name, Health: spec.Health, Schema: schema}
}

// nameOfType is what people call a type of the catalogue.
func nameOfType(key string) Text {
	if spec := event.Lookup(key); spec != nil {
		return spec.Name
	}
	return Text{}
}
