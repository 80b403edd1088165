// Manpages writes the manual pages of td for a release. It is not part of td, which
// therefore does not depend on a Markdown library.
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: manpages DIR VERSION DATE, as in: manpages man 1.2.3 2026-01-02")
		os.Exit(2)
	}
	if err := writePages(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "manpages:", err)
		os.Exit(1)
	}
}
