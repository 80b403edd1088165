package jobcmd

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/cli"
)

// An expectation is what --expect asks for: "rows>0".
type expectation struct {
	text, name, op string
	want           int64
}

// parseExpect reads an expectation.
func parseExpect(text string) (expectation, error) {
	m := regexp.MustCompile(`^\s*(rows|columns)\s*(==|=|!=|>=|<=|>|<)\s*([0-9]+)\s*$`).FindStringSubmatch(text)
	if m == nil {
		return expectation{}, cli.WithHint(cli.Usagef("--expect %q cannot be read", text), "write rows or columns, one of > >= < <= = !=, and a number: --expect 'rows>0'")
	}
	n, err := strconv.ParseInt(m[3], 10, 64)
	if err != nil {
		return expectation{}, cli.Usagef("--expect %q: %w", text, errors.Unwrap(err))
	}
	return expectation{text: text, name: m[1], op: m[2], want: n}, nil
}

// check returns a cli.ExpectationError unless the rows of a job are as expected.
func (x expectation) check(jobID string, rows, columns int64) error {
	n := rows
	if x.name == "columns" {
		n = columns
	}
	var ok bool
	switch x.op {
	case "=", "==":
		ok = n == x.want
	case "!=":
		ok = n != x.want
	case ">":
		ok = n > x.want
	case ">=":
		ok = n >= x.want
	case "<":
		ok = n < x.want
	case "<=":
		ok = n <= x.want
	}
	if ok {
		return nil
	}
	what := x.name
	if n == 1 {
		what = strings.TrimSuffix(what, "s")
	}
	return cli.ExpectationError{Err: fmt.Errorf("the result of job %s has %d %s, which does not meet %q", jobID, n, what, x.text)}
}
