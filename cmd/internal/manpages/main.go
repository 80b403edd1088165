// Manpages writes the manual of td: go run ./internal/manpages DIR VERSION DATE. It is run
// when a release is made and is no part of td.
package main

import (
	"fmt"
	"os"

	"github.com/td-cli/td/cmd"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: manpages DIR VERSION DATE, as in: manpages man 1.2.3 2026-01-02")
		os.Exit(2)
	}
	if err := cmd.WriteManPages(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "manpages:", err)
		os.Exit(1)
	}
}
