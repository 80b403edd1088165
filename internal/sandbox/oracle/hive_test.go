package oracle

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// hiveSetup creates the table that Hive's aggregate and window functions read. A job of Hive takes a second, so every
// call of an aggregate is over this table.
var hiveSetup = []string{
	"create table edges (id int, g string, b boolean, i int, l bigint, d double, s string, n decimal(10,2))",
	"insert into table edges values (1, 'x', true, 1, 10000000000, 1.5, '10.75', 1.50), (2, 'x', false, 2, -5, -2.5, 'abc', -2.25)," +
		" (3, 'y', null, null, null, null, null, null), (4, 'y', true, 0, 0, 0.0, '', 0.00), (5, 'x', false, 5, 7, 1e20, '7', 12345678.99)," +
		" (6, null, true, 5, 7, 0.1, 'é', 0.10)",
}

// hiveColumns lists the columns of the table by type.
var hiveColumns = map[string][]string{
	"boolean": {"b"}, "integer": {"i", "id"}, "bigint": {"l", "i"}, "double": {"d", "i", "n", "d"}, "varchar": {"s", "g"}, "decimal": {"n"},
	"N": {"i", "l", "d", "n"}, "any": {"i", "s", "d", "b"}, "T": {"i", "l", "d", "s", "b", "n"}, "U": {"id", "i"}, "K": {"s", "i"}, "V": {"d", "s", "i"},
	"array(double)": {"array(d, 1.0D)"}, "array(varchar)": {"array(s, g)"},
}

// hiveColumn returns an argument over the table.
func (g *generator) hiveColumn(s signature, i int) string {
	t := s.params[min(i, len(s.params)-1)]
	kinds := strings.Split(hiveParameters[s.name], ",")
	if i < len(kinds) && kinds[i] != "" && len(texts[kinds[i]]) > 0 {
		if strings.HasPrefix(t, "array") {
			return "array(0.5D, 0.25D)"
		}
		return pick(g, texts[kinds[i]])
	}
	if g.chance(6) {
		return pick(g, []string{"i", "s", "b", "d", "n", "l"})
	}
	if list := hiveColumns[t]; list != nil {
		return pick(g, list)
	}
	return "i"
}

func (g *generator) hiveArguments(s signature) string {
	n := s.required
	if more := len(s.params) - n; more > 0 {
		n += g.IntN(more + 1)
	}
	args := make([]string, n)
	for i := range args {
		args[i] = g.hiveColumn(s, i)
	}
	return strings.Join(args, ", ")
}

func (g *generator) hiveAggregate(s signature) string {
	args := g.hiveArguments(s)
	if args == "" {
		args = "*"
	} else if g.chance(12) && s.name != "percentile" {
		args = "distinct " + args
	}
	call := s.name + "(" + args + ")"
	if s.name == "collect_list" || s.name == "collect_set" {
		call = "sort_array(" + call + ")"
	}
	switch {
	case g.chance(15):
		return fmt.Sprintf("select %s from edges where id > 10", call)
	case g.chance(25):
		return fmt.Sprintf("select g, %s from edges group by g", call)
	}
	return fmt.Sprintf("select %s from edges where id <= %d", call, 2+g.IntN(5))
}

func (g *generator) hiveWindow(s signature) string {
	over := pick(g, []string{"order by id", "partition by g order by id", "order by id desc"})
	if s.name == "first_value" || s.name == "last_value" {
		over += pick(g, []string{"", " rows between 1 preceding and 1 following", " rows between unbounded preceding and unbounded following"})
	}
	where := pick(g, []string{"", "", " where id > 2", " where b", " where id > 10"})
	return fmt.Sprintf("select id, %s(%s) over (%s) from edges%s", s.name, g.hiveArguments(s), over, where)
}

// A hiveProcess runs the command of TD_ORACLE_HIVE, which answers one statement per line.
type hiveProcess struct {
	input  io.Writer
	output *bufio.Scanner
}

// startHive starts the command and creates the tables of setup.
func startHive(t testing.TB, command string, setup []string) *hiveProcess {
	t.Helper()
	dir := t.TempDir()
	words := append(strings.Fields(command), "-Djava.io.tmpdir="+dir, "-Dderby.stream.error.file="+filepath.Join(dir, "derby.log"), "HiveOracle")
	process := exec.CommandContext(t.Context(), words[0], words[1:]...)
	process.Dir = dir
	input, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		input.Close()
		_ = process.Wait()
	})
	scanner := bufio.NewScanner(output)
	scanner.Buffer(nil, 16<<20)
	p := &hiveProcess{input, scanner}
	for _, sql := range setup {
		if a, err := p.run(sql); err != nil || a.Error != "" {
			t.Fatal(sql, a.Error, err)
		}
	}
	return p
}

func (p *hiveProcess) run(sql string) (a answer, err error) {
	line, err := json.Marshal(sql)
	if err != nil {
		return answer{}, err
	}
	if _, err := p.input.Write(append(line, '\n')); err != nil {
		return answer{}, err
	}
	if !p.output.Scan() {
		return answer{}, fmt.Errorf("hive ended: %w", cmp.Or(p.output.Err(), io.EOF))
	}
	err = json.Unmarshal(p.output.Bytes(), &a)
	if len(a.Error) > 200 {
		a.Error = a.Error[:200]
	}
	return a, err
}

// ask returns the answers of statements in their order. Expressions are asked in groups.
func (p *hiveProcess) ask(list []statement) ([]answer, error) {
	answers := make([]answer, len(list))
	var group []int
	for i, s := range list {
		if strings.Contains(s.sql, " from edges") {
			if err := p.askGroup(list, []int{i}, answers); err != nil {
				return nil, err
			}
		} else if group = append(group, i); len(group) == 16 {
			if err := p.askGroup(list, group, answers); err != nil {
				return nil, err
			}
			group = nil
		}
	}
	return answers, p.askGroup(list, group, answers)
}

// askGroup asks for the members of a group, and after a failure for each half.
func (p *hiveProcess) askGroup(list []statement, members []int, answers []answer) error {
	if len(members) == 0 {
		return nil
	}
	sql := list[members[0]].sql
	if len(members) > 1 {
		var parts []string
		for _, i := range members {
			parts = append(parts, strings.TrimPrefix(list[i].sql, "select "))
		}
		sql = "select " + strings.Join(parts, ", ")
	}
	a, err := p.run(sql)
	switch {
	case err != nil:
		return err
	case len(members) == 1:
		answers[members[0]] = a
		return nil
	case a.Error != "" || len(a.Rows) != 1 || len(a.Rows[0]) != len(a.Types):
		half := len(members) / 2
		if err := p.askGroup(list, members[:half], answers); err != nil {
			return err
		}
		return p.askGroup(list, members[half:], answers)
	}
	for k, i := range members {
		answers[i] = answer{Types: a.Types[k : k+1], Rows: [][]any{{a.Rows[0][k]}}}
	}
	return nil
}

// hiveRows converts the texts of Hive's command line to values of the types. A row whose texts contain a tab or a line
// break cannot be converted.
func hiveRows(types []sqlType, rows [][]any) (list [][]any, ok bool) {
	for _, row := range rows {
		if len(row) != len(types) {
			return nil, false
		}
		var cells []any
		for i, v := range row {
			text, _ := v.(string)
			cell, ok := hiveValue(types[i], text)
			if !ok {
				return nil, false
			}
			cells = append(cells, cell)
		}
		list = append(list, cells)
	}
	return list, true
}

func hiveValue(t sqlType, text string) (v any, ok bool) {
	switch {
	case text == "NULL":
		return nil, true
	case t.name == "boolean":
		return text == "true", true
	case t.name == "double" || t.name == "real" || strings.HasSuffix(t.name, "int") || t.name == "integer":
		return json.Number(text), true
	case len(t.args) > 0:
		decoder := json.NewDecoder(strings.NewReader(bareNumber.ReplaceAllString(text, `$1"$2"$3`)))
		decoder.UseNumber()
		if err := decoder.Decode(&v); err != nil {
			return nil, false
		}
		return positional(t, v), true
	}
	return text, !strings.Contains(text, "\uFFFD")
}

// bareNumber matches what JSON does not have.
var bareNumber = regexp.MustCompile(`([\[:,])(-?Infinity|NaN)([\],}])`)

// positional converts the objects with a struct's fields to arrays.
func positional(t sqlType, v any) any {
	switch x := v.(type) {
	case []any:
		for i := range x {
			if t.name == "array" {
				x[i] = positional(t.args[0], x[i])
			}
		}
	case map[string]any:
		if t.name == "row" {
			var list []any
			for i, name := range t.fields {
				list = append(list, positional(t.args[i], x[name]))
			}
			return list
		}
		for k := range x {
			x[k] = positional(t.args[1], x[k])
		}
	}
	return v
}
