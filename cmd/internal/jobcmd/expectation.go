package jobcmd

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/cli"
)

// An expectation is a parsed value of --expect, such as "rows>0".
type expectation struct {
	text, name, op string
	want           int64
}

func parseExpectation(text string) (expectation, error) {
	m := regexp.MustCompile(`^\s*(rows|columns)\s*(==|=|!=|>=|<=|>|<)\s*([0-9]+)\s*$`).FindStringSubmatch(text)
	if m == nil {
		return expectation{}, cli.WithHint(cli.Usagef("invalid value %q of --expect", text), "write rows or columns, one of > >= < <= = !=, and a number: --expect 'rows>0'")
	}
	n, err := strconv.ParseInt(m[3], 10, 64)
	if err != nil {
		return expectation{}, cli.Usagef("invalid value %q of --expect: %w", text, errors.Unwrap(err))
	}
	return expectation{text: text, name: m[1], op: m[2], want: n}, nil
}

// check returns a [cli.ExpectationError] unless the numbers of rows and columns satisfy the expectation.
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
	unit := x.name
	if n == 1 {
		unit = strings.TrimSuffix(unit, "s")
	}
	return cli.ExpectationError{Err: fmt.Errorf("the result of job %s has %d %s, which does not meet %q", jobID, n, unit, x.text)}
}
