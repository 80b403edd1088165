package oracle

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A trinoServer is a running Trino. See https://trino.io/docs/current/develop/client-protocol.html.
type trinoServer struct{ url string }

// A trinoError is the error of a statement.
type trinoError struct {
	Name     string `json:"errorName"`
	Message  string `json:"message"`
	Location *struct {
		Line int `json:"lineNumber"`
	} `json:"errorLocation"`
}

func (e *trinoError) Error() string { return e.Name + ": " + e.Message }

// run runs a statement.
func (s trinoServer) run(ctx context.Context, sql string) (a answer, err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	method, url, body := http.MethodPost, s.url+"/v1/statement", sql
	for {
		var page struct {
			NextURI string      `json:"nextUri"`
			Error   *trinoError `json:"error"`
			Columns []struct {
				Type string `json:"type"`
			} `json:"columns"`
			Data [][]any `json:"data"`
		}
		if err := s.request(ctx, method, url, body, &page); err != nil {
			return answer{}, err
		}
		if page.Error != nil {
			return answer{}, page.Error
		}
		if len(a.Types) == 0 {
			for _, c := range page.Columns {
				a.Types = append(a.Types, c.Type)
			}
		}
		a.Rows = append(a.Rows, page.Data...)
		if page.NextURI == "" {
			return a, nil
		}
		method, url, body = http.MethodGet, page.NextURI, ""
	}
}

func (s trinoServer) request(ctx context.Context, method, url, body string, page any) error {
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	for name, value := range map[string]string{
		"User": "oracle", "Catalog": "memory", "Schema": "default", "Time-Zone": "UTC", "Client-Capabilities": "PARAMETRIC_DATETIME",
		"Session": "query_max_execution_time=20s",
	} {
		r.Header.Set("X-Trino-"+name, value)
	}
	for {
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		switch {
		case err != nil:
			return err
		case response.StatusCode == http.StatusServiceUnavailable:
			time.Sleep(100 * time.Millisecond)
			continue
		case response.StatusCode != http.StatusOK:
			return fmt.Errorf("%s %s: status %d: %s", method, url, response.StatusCode, text)
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		return decoder.Decode(page)
	}
}

// ask returns the answers of statements in their order. Expressions are asked in groups, which takes a fraction of the
// time: a statement takes Trino tens of milliseconds.
func (s trinoServer) ask(ctx context.Context, list []statement) ([]answer, error) {
	answers := make([]answer, len(list))
	var (
		mutex       sync.Mutex
		wait        sync.WaitGroup
		first       error
		next        = make(chan []int)
		expressions []int
		subqueries  []int
	)
	for range 3 {
		wait.Go(func() {
			for members := range next {
				err := s.askGroup(ctx, list, members, answers)
				mutex.Lock()
				if err != nil && first == nil {
					first = err
				}
				mutex.Unlock()
			}
		})
	}
	for i, x := range list {
		switch _, form := groupable(x.sql); form {
		case alone:
			next <- []int{i}
		case expression:
			if expressions = append(expressions, i); len(expressions) == 30 {
				next <- expressions
				expressions = nil
			}
		case subquery:
			if subqueries = append(subqueries, i); len(subqueries) == 8 {
				next <- subqueries
				subqueries = nil
			}
		}
	}
	next <- expressions
	next <- subqueries
	close(next)
	wait.Wait()
	return answers, first
}

// A form is how a statement can be asked together with others.
type form int

const (
	alone form = iota
	expression
	subquery // a query of one row and one column
)

var severalRows = regexp.MustCompile(` OVER | GROUP BY | ORDER BY [^()]*$|^SELECT (DISTINCT|\*) | UNION | INTERSECT | EXCEPT |^VALUES|UNNEST| JOIN |\) t\(x[^()]*\) WHERE `)

// groupable returns the statement as an expression.
func groupable(sql string) (string, form) {
	text, ok := strings.CutPrefix(sql, "SELECT ")
	switch {
	case !ok || severalRows.MatchString(sql) || severalColumns(text) || strings.Contains(sql, "-0") || strings.Contains(sql, "--"):
		// Trino makes -0e0 and 0e0 of a statement one, and -- starts a comment.
		return sql, alone
	case strings.Contains(sql, " FROM (VALUES"):
		return "(" + sql + ")", subquery
	}
	return text, expression
}

// severalColumns reports whether a select list has a comma outside parentheses.
func severalColumns(text string) bool {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				return true
			}
		}
	}
	return false
}

// askGroup asks for the members of a group, and after a failure for fewer of them.
func (s trinoServer) askGroup(ctx context.Context, list []statement, members []int, answers []answer) error {
	for len(members) > 1 {
		err := s.askTogether(ctx, list, members, answers, "%s")
		if err == nil {
			return nil
		}
		e, ok := errors.AsType[*trinoError](err)
		if !ok {
			return err
		}
		if at := lineOf(e) - 2; at >= 0 && at < len(members) {
			if err := s.askAlone(ctx, list, members[at], answers); err != nil {
				return err
			}
			members = slices.Delete(slices.Clone(members), at, at+1)
			continue
		}
		if _, form := groupable(list[members[0]].sql); form == expression && s.askTogether(ctx, list, members, answers, "TRY(%s)") == nil {
			members = slices.DeleteFunc(slices.Clone(members), func(i int) bool { return answers[i].Rows[0][0] != nil })
			break
		}
		half := len(members) / 2
		if err := s.askGroup(ctx, list, members[:half], answers); err != nil {
			return err
		}
		members = members[half:]
	}
	for _, i := range members {
		if err := s.askAlone(ctx, list, i, answers); err != nil {
			return err
		}
	}
	return nil
}

func (s trinoServer) askAlone(ctx context.Context, list []statement, i int, answers []answer) error {
	a, err := s.run(ctx, list[i].sql)
	if e, ok := errors.AsType[*trinoError](err); ok {
		a, err = answer{Error: e.Error()}, nil
	}
	answers[i] = a
	return err
}

// askTogether asks for all members with one statement, one per line.
func (s trinoServer) askTogether(ctx context.Context, list []statement, members []int, answers []answer, format string) error {
	var lines []string
	for _, i := range members {
		text, _ := groupable(list[i].sql)
		lines = append(lines, fmt.Sprintf(format, text))
	}
	a, err := s.run(ctx, "SELECT\n"+strings.Join(lines, ",\n"))
	if err != nil {
		return err
	}
	for k, i := range members {
		answers[i] = answer{Types: a.Types[k : k+1], Rows: [][]any{{a.Rows[0][k]}}}
	}
	return nil
}

var errorLine = regexp.MustCompile(`^line (\d+):`)

// lineOf returns the line of an error, or 0.
func lineOf(e *trinoError) int {
	if m := errorLine.FindStringSubmatch(e.Message); m != nil {
		n, _ := strconv.Atoi(m[1])
		return n
	}
	if e.Location != nil {
		return e.Location.Line
	}
	return 0
}
