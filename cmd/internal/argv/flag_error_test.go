package argv_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/td-cli/td/cmd"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

func TestFlagError(t *testing.T) {
	for args, want := range map[string]string{
		"job:list -p x":                           `-p/--page must be a number, not "x"`,
		"job:list -p 1.5":                         `-p/--page must be a number, not "1.5"`,
		"job:list --slow=999999999999999999999":   `--slow: the number 999999999999999999999 is too large`,
		"job:list -f xml":                         `-f/--format: unknown format "xml": must be ` + text.JoinOr(jobresult.TextFormats()),
		"job:list -f":                             `-f/--format requires a value`,
		"job:list --running=maybe":                `-R/--running must be true or false, not "maybe"`,
		"db:list --names=maybe":                   `--names must be true or false, not "maybe"`,
		"query -d db --wait=soon SQL":             `-w/--wait: it must be a number of seconds greater than 0`,
		"query -l many":                           `-l/--limit must be a number, not "many"`,
		"table:create a b --include-v":            `--include-v requires a value`,
		"-e":                                      `-e/--endpoint requires a value`,
		"--insecure=maybe db:list":                `--insecure must be true or false, not "maybe"`,
		"--retry-max-time soon":                   `--retry-max-time must be a duration such as 30s, 10m or 2h, not "soon"`,
		"--retry-max-time soon db:list":           `--retry-max-time must be a duration such as 30s, 10m or 2h, not "soon"`,
		"--retry-max-time 5 db:list":              `--retry-max-time requires a unit, such as 5s, 10m or 2h`,
		"job:wait 1 --timeout 5":                  `--timeout requires a unit, such as 5s, 10m or 2h`,
		"table:create web access --expire-days x": `--expire-days must be a number, not "x"`,
	} {
		status, stdout, stderr := run(strings.Fields(args)...)
		if status != 2 || stdout != "" || stderr != "td: "+want+"\n" {
			t.Errorf("%s: status %d, %q, %q, want %q", args, status, stdout, stderr, want)
		}
	}
}

// run runs td without input, variables and account.
func run(args ...string) (status int, stdout, stderr string) {
	var out, messages bytes.Buffer
	c := &console.Console{In: strings.NewReader(""), Out: &out, Err: &messages}
	status = cmd.Run(context.Background(), c, func(string) string { return "" }, args)
	return status, out.String(), messages.String()
}
