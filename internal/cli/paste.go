package cli

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/td-cli/td/internal/lazyregexp"
)

// commandInText matches the start of a td command in a message: 'td job:show 5'.
var commandInText = lazyregexp.New(`\'td ([a-z])`)

// CompleteCommands adds the flags -c, -e and --profile of this command to the td commands in a message or hint, so that
// they can be pasted and use the same account. It never adds the API key.
func (e *Env) CompleteCommands(text string) string {
	var flags strings.Builder
	for _, f := range []struct{ name, value string }{
		{"-c", e.Flags.Path}, {"--profile", e.Flags.Profile}, {"-e", e.Flags.Endpoint},
	} {
		if f.value != "" {
			flags.WriteString(f.name + " " + QuoteArgument(f.value) + " ")
		}
	}
	if flags.Len() == 0 {
		return text
	}
	return commandInText().ReplaceAllString(text, "'td "+strings.ReplaceAll(flags.String(), "$", "$$")+"${1}")
}

// CompleteHint completes the commands in the hint of err.
func (e *Env) CompleteHint(err error) error {
	hint := Hint(err)
	if complete := e.CompleteCommands(hint); complete != hint {
		return WithHint(err, "%s", complete)
	}
	return err
}

// QuoteArgument quotes an argument for the shell if necessary. Commands in messages are in single quotes, so it uses
// double quotes.
func QuoteArgument(s string) string {
	if regexp.MustCompile(`^[A-Za-z0-9_./:@%+=,~-]+$`).MatchString(s) {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`, "`", "\\`").Replace(s) + `"`
}

// Say prints a message on Err, unless Quiet is set. Commands in it are completed by CompleteCommands.
func (e *Env) Say(format string, a ...any) {
	e.Console.Say("%s", e.CompleteCommands(fmt.Sprintf(format, a...)))
}

// Warn prints a warning like Say.
func (e *Env) Warn(format string, a ...any) {
	e.Console.Warn("%s", e.CompleteCommands(fmt.Sprintf(format, a...)))
}
