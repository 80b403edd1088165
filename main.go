// Td is the Treasure Data toolbelt.
package main

import (
	"os"

	"github.com/td-cli/td/cmd"
)

func main() {
	os.Exit(cmd.Main())
}
