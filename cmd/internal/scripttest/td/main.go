// Command td is the td of the script tests: the real program, with its output checked for
// control characters.
package main

import (
	"os"

	"github.com/td-cli/td/cmd"
)

func main() {
	stop := watchStreams()
	status := cmd.Main()
	stop()
	os.Exit(status)
}
