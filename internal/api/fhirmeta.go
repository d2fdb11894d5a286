package api

import (
	"net/http"
	"slices"

	"peiban/internal/fhir"
)

// fhirMetadata says what /fhir can do. It tells of nobody, so anybody may read it.
func (s *Server) fhirMetadata(w http.ResponseWriter, r *http.Request) error {
	parameter := func(name, kind string) any { return map[string]any{"name": name, "type": kind} }
	var types []any
	for _, t := range slices.Sorted(slices.Values(append(slices.Clone(fhirServed), fhirAlso...))) {
		params := []any{parameter("_id", "token"), parameter("date", "date"), parameter("patient", "reference"), parameter("code", "token")}
		if t == "Patient" {
			params = []any{parameter("_id", "token"), parameter("identifier", "token")}
		}
		one := map[string]any{
			"type": t, "interaction": []any{map[string]any{"code": "read"}, map[string]any{"code": "search-type"}}, "searchParam": params, "versioning": "no-version",
		}
		if t == "Patient" {
			one["operation"] = []any{map[string]any{"name": "export", "definition": "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/patient-export"}}
		}
		if !slices.Contains(fhirServed, t) {
			one["documentation"] = "as it came in by import"
		}
		types = append(types, one)
	}
	writeFHIR(w, http.StatusOK, map[string]any{
		"resourceType": "CapabilityStatement", "status": "active", "date": fhir.Instant(s.real().UnixMicro(), nil), "kind": "instance", "fhirVersion": "4.0.0", // 4.0.1 is not among the codes of the schema, and differs in nothing
		"format": []any{"application/fhir+json"}, "software": map[string]any{"name": "peiban"},
		"implementation": map[string]any{"description": "peiban", "url": s.fhirBase(r)},
		"rest": []any{map[string]any{
			"mode": "server", "resource": types,
			"security": map[string]any{"description": "a session of the console: POST /api/session, then the cookie. Every read is on record."},
		}},
	})
	return nil
}
