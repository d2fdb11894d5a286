// Package web holds the built console, phone and start page, so that one binary serves them.
//
// `npm run build` in this folder fills dist; without it dist holds one empty file and the Go part still builds.
// Each app is one page, served for every address below its own:
//
//	/console/*  console/index.html
//	/m/*        mobile/index.html
//	/m/sw.js    the phone's service worker: the app opens without a network
//	/           start/index.html
//	/assets/*   files with a content hash in their name: they never change and may be kept for ever
//
// Serving them (headers, compression, fallbacks) belongs to package api.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files is the content of dist.
func Files() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil { // only an invalid path can fail, and this one is a constant
		return dist
	}
	return sub
}

// Built reports whether the apps were built before this binary was.
func Built() bool {
	_, err := fs.Stat(Files(), "mobile/index.html")
	return err == nil
}
