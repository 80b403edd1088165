//go:build !windows

package console

import "os"

// ansi reports whether a terminal understands colour sequences.
func ansi(*os.File) bool { return true }

// pagerByDefault is what pages when the environment does not say.
const pagerByDefault = "less"
