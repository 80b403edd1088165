package oracle

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/sandbox/engine/sqlite"
	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// matrixFile is the document with the feature matrix. TD_ORACLE_UPDATE writes the states and the functions into it.
const matrixFile = "../README.md"

// TestMatrix checks the feature matrix: the states of the statements and types are those of the sandbox, all kinds of
// statements occur, and the lists of functions are those of the registry.
func TestMatrix(t *testing.T) {
	text, err := os.ReadFile(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	got := string(text)
	want := got
	kinds := map[sqlsyntax.StatementKind]bool{}
	for _, section := range []string{"Statements", "Types"} {
		start, end := sectionOf(t, want, section)
		want = want[:start] + fillStates(t, want[start:end], section == "Types", kinds) + want[end:]
	}
	for kind := range sqlsyntax.StatementKind(statementKinds(t)) {
		if !kinds[kind] {
			t.Errorf("the matrix has no statement of the kind %d", kind)
		}
	}
	for _, d := range []translate.Dialect{translate.Trino, translate.Hive} {
		name := map[translate.Dialect]string{translate.Trino: "Functions of Trino jobs", translate.Hive: "Functions of Hive jobs"}[d]
		start, end := sectionOf(t, want, name)
		want = want[:start] + "\n" + listFunctions(t, d) + want[end:]
	}
	if got == want {
		return
	}
	if os.Getenv("TD_ORACLE_UPDATE") != "" {
		if err := os.WriteFile(matrixFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			t.Errorf("line %d of the matrix differs; TD_ORACLE_UPDATE=1 go test ./internal/sandbox/oracle -run Matrix corrects it\n\tis     %s\n\tshould be %s", i+1, clip(a[i]), clip(b[i]))
		}
	}
}

// sectionOf returns where the text below a heading starts and ends.
func sectionOf(t *testing.T, text, heading string) (start, end int) {
	t.Helper()
	title := "\n#### " + heading + "\n"
	at := strings.Index(text, title)
	if at < 0 {
		t.Fatalf("%s has no section %q", matrixFile, heading)
	}
	start = at + len(title)
	if n := strings.Index(text[start:], "\n#"); n >= 0 {
		return start, start + n
	}
	return start, len(text)
}

// matrixRow matches a row: | `example` | Trino | Hive | note |.
var matrixRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|[^|]*\\|[^|]*\\|(.*)$")

// fillStates sets the states in a table.
func fillStates(t *testing.T, table string, isType bool, kinds map[sqlsyntax.StatementKind]bool) string {
	engines := map[translate.Dialect]*sqlite.Engine{}
	for _, d := range []translate.Dialect{translate.Trino, translate.Hive} {
		engines[d] = openSandbox(t, nil)
	}
	return matrixRow.ReplaceAllStringFunc(table, func(row string) string {
		m := matrixRow.FindStringSubmatch(row)
		states := map[translate.Dialect]string{}
		for d, e := range engines {
			for _, sql := range []string{
				"create table if not exists t (a bigint, b string)", "create table if not exists u (a bigint, b string)",
				"drop table if exists x", "drop view if exists y", "drop schema if exists x",
			} {
				if r := ask(t.Context(), e, translate.Hive, sql); r.err != nil {
					t.Fatal(r.err)
				}
			}
			sql := m[1]
			switch {
			case isType && d == translate.Trino:
				sql = "SELECT CAST(NULL AS " + m[1] + ")"
			case isType:
				sql = "CREATE TABLE x (a " + m[1] + ")"
			}
			r := ask(t.Context(), e, d, sql)
			states[d] = "rejected"
			if r.err == nil {
				states[d] = "supported"
			}
			if s, err := sqlsyntax.Parse(sql, d); err == nil && r.err == nil {
				kinds[s.Kind] = true
			}
		}
		return fmt.Sprintf("| `%s` | %s | %s |%s", m[1], states[translate.Trino], states[translate.Hive], m[2])
	})
}

// statementKinds returns the number of kinds of statements in the source of the parser.
func statementKinds(t *testing.T) int {
	t.Helper()
	source, err := os.ReadFile("../../sqlsyntax/ast.go")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(source), "QueryStatement StatementKind = iota")
	block, _, _ = strings.Cut(block, "\n)")
	return 1 + strings.Count(block, "Statement\n") + strings.Count(block, "Statement ")
}

// listFunctions lists the functions of a dialect: those that are supported, those with recorded differences from the
// real engine, and those that are rejected.
func listFunctions(t *testing.T, d translate.Dialect) string {
	o := trinoOracle
	if d == translate.Hive {
		o = hiveOracle
	}
	kinds := map[string]string{}
	for _, r := range o.records(t) {
		kinds[r.SQL] = r.Kind
	}
	differs := map[string]bool{}
	for _, k := range readKnown(t, o.knownFile()) {
		differs[kinds[k.sql]] = true
	}
	var lists [3][]string
	for _, name := range registry.Names(d == translate.Hive) {
		signatures, _ := registry.Lookup(name, d == translate.Hive)
		list := 0
		switch {
		case !slices.ContainsFunc(signatures, func(s registry.Signature) bool { return !s.Unsupported }):
			list = 2
		case differs[name]:
			list = 1
		}
		lists[list] = append(lists[list], name)
	}
	var b strings.Builder
	for i, title := range []string{"Supported", "Supported, with known differences", "Rejected by name"} {
		fmt.Fprintf(&b, "%s: %s.\n\n", title, cmp.Or(strings.Join(lists[i], ", "), "none"))
	}
	return strings.TrimSuffix(b.String(), "\n\n") + "\n"
}
