package cli

import (
	"fmt"

	"github.com/td-cli/td/internal/grid"
)

// Also tells of an error besides the one that the command ends with. With --error-format json it is an object
// too, so that a program can read every line.
func (e *Env) Also(format string, a ...any) {
	text := fmt.Sprintf(format, a...)
	if e.Flags.ErrorFormat != "json" {
		e.Complain("td: %s", text)
		return
	}
	line, _ := grid.Marshal(struct { // a text always can be
		Error string `json:"error"`
	}{text})
	e.Complain("%s", line)
}
