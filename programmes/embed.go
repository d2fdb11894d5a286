// Package programmes holds the programmes that ship with peiban, one folder each, and in common what they share: data only.
package programmes

import "embed"

// FS has a folder for every programme; programme.Folders lists them.
//
//go:embed common diabetes hcp-academic hypertension osteonecrosis
var FS embed.FS
