//go:build !windows

package console

import "os"

// defaultPager is used unless the environment names another pager.
const defaultPager = "less"

// enableANSI reports whether a terminal interprets escape sequences.
func enableANSI(*os.File) bool { return true }
