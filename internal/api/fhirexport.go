package api

import "net/http"

func (s *Server) fhirExport(http.ResponseWriter, *http.Request, string) (bool, error) {
	return false, nil
}
