package cli

import (
	"fmt"

	"github.com/td-cli/td/internal/grid"
)

// PrintError reports an error in addition to the one with which the command ends. With --error-format json it
// is an object, as every line of standard error is then.
func (e *Env) PrintError(format string, a ...any) {
	text := fmt.Sprintf(format, a...)
	if e.Flags.ErrorFormat != "json" {
		e.Complain("td: %s", text)
		return
	}
	line, _ := grid.Marshal(struct { // a string can always be marshalled
		Error string `json:"error"`
	}{text})
	e.Complain("%s", line)
}
