// Package programmes holds the programmes that ship with peiban: data only, one folder each.
package programmes

import "embed"

// FS has a folder for every programme.
//
//go:embed diabetes hcp-academic hypertension osteonecrosis
var FS embed.FS
