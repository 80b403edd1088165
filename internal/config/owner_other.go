//go:build !unix

package config

import "io/fs"

// foreign returns false: there are no numeric owners on this system.
func foreign(fs.FileInfo) bool { return false }
