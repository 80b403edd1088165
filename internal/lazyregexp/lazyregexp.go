// Package lazyregexp defers the compilation of regular expressions in package variables,
// so that a command that does not match them starts faster.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New returns a function that compiles expr when it is first called. The function panics if
// expr is invalid.
func New(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
