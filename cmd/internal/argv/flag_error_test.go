package cmd

import (
	"strings"
	"testing"
)

func TestFlagError(t *testing.T) {
	for args, want := range map[string]string{
		"job:list -p x":                           `-p/--page takes a number, not "x"`,
		"job:list -p 1.5":                         `-p/--page takes a number, not "1.5"`,
		"job:list --slow=999999999999999999999":   `--slow: the number 999999999999999999999 is too large`,
		"job:list -f xml":                         `-f/--format: unknown format "xml"; it is one of table, vertical, csv, tsv, json, jsonl`,
		"job:list -f":                             `-f/--format needs a value`,
		"job:list --running=maybe":                `-R/--running is true or false, not "maybe"`,
		"db:list --names=maybe":                   `--names is true or false, not "maybe"`,
		"query -d db --wait=soon SQL":             `-w/--wait: it must be a number of seconds greater than 0`,
		"query -l many":                           `-l/--limit takes a number, not "many"`,
		"table:create a b --include-v":            `--include-v needs a value`,
		"-e":                                      `-e/--endpoint needs a value`,
		"--insecure=maybe db:list":                `--insecure is true or false, not "maybe"`,
		"--retry-max-time soon":                   `--retry-max-time: time: invalid duration "soon"`,
		"--retry-max-time soon db:list":           `--retry-max-time: time: invalid duration "soon"`,
		"table:create web access --expire-days x": `--expire-days takes a number, not "x"`,
	} {
		status, stdout, stderr := runLine(strings.Fields(args)...)
		if status != exitUsage || stdout != "" || stderr != "td: "+want+"\n" {
			t.Errorf("%s: status %d, %q, %q, want %q", args, status, stdout, stderr, want)
		}
	}
}
