package oracle

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// perFunction is the number of recorded calls of a function.
const perFunction = 8

// contextStatements is the number of recorded statements with expressions in other contexts than the select list.
const contextStatements = 400

// A dialectOracle is a dialect with the files of its recorded answers.
type dialectOracle struct {
	name    string
	dialect translate.Dialect
	setup   []string
}

var (
	trinoOracle = dialectOracle{"trino", translate.Trino, nil}
	hiveOracle  = dialectOracle{"hive", translate.Hive, hiveSetup}
)

func (o dialectOracle) recordFile() string { return filepath.Join("testdata", o.name+".jsonl.gz") }

func (o dialectOracle) knownFile() string { return filepath.Join("testdata", "known_"+o.name+".txt") }

// functions returns the signatures of the functions that the engine has.
func (o dialectOracle) functions(t testing.TB) (list [][]signature) {
	for _, group := range groupByName(readRegistry(t, o.dialect == translate.Hive)) {
		if uncheckedReason(group[0].name, o.dialect) == "" {
			list = append(list, group)
		}
	}
	return list
}

// statements returns the statements to record: the same for a seed as long as the registry is the same.
func (o dialectOracle) statements(t testing.TB, seed uint64) []statement {
	functions := o.functions(t)
	list := recorded(o.dialect == translate.Hive, seed, functions, perFunction)
	if o.dialect == translate.Hive {
		return list
	}
	g := newGenerator(false, seed, "context")
	scalars := scalarSignatures(functions)
	for range contextStatements {
		list = append(list, g.inContext(scalars))
	}
	for _, signatures := range functions {
		list = append(list, g.randomCall(signatures[0]))
	}
	return append(list, readCases(t, filepath.Join("testdata", "trino_cases.txt"))...)
}

// readCases reads statements below lines with their kind.
//
//	# the kind
//	SELECT 1
func readCases(t testing.TB, file string) (list []statement) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	kind := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if after, ok := strings.CutPrefix(line, "# "); ok {
			kind = after
		} else if line != "" {
			list = append(list, statement{kind, line})
		}
	}
	return list
}

// record asks the engine the statements, prints what differs from the recorded answers, and replaces them. With
// TD_ORACLE_MISSING, it asks only those without a recorded answer. The answers are stored after every few statements.
func (o dialectOracle) record(t *testing.T, seed uint64, ask func([]statement) ([]answer, error)) {
	t.Helper()
	answers := map[string]answer{}
	for _, r := range o.records(t) {
		answers[r.SQL] = r.answer
	}
	statements := o.statements(t, seed)
	var wanted []statement
	for _, s := range statements {
		if _, ok := answers[s.sql]; !ok || os.Getenv("TD_ORACLE_MISSING") == "" {
			wanted = append(wanted, s)
		}
	}
	var done, added, changed int
	for part := range slices.Chunk(wanted, 300) {
		list, err := ask(part)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range part {
			old, ok := answers[s.sql]
			answers[s.sql] = list[i]
			switch was, is := showAnswer(old), showAnswer(list[i]); {
			case !ok:
				added++
			case was != is:
				changed++
				t.Logf("changed: %s: %s\n\twas %s\n\tis  %s", s.kind, s.sql, clip(was), clip(is))
			}
		}
		var records []record
		for _, s := range statements {
			if a, ok := answers[s.sql]; ok {
				records = append(records, record{s.kind, s.sql, a})
			}
		}
		writeRecords(t, o.recordFile(), records)
		done += len(part)
		t.Logf("%s: %d of %d statements, %d new, %d changed", o.name, done, len(wanted), added, changed)
	}
}

// records returns the recorded answers, or none if nothing is recorded.
func (o dialectOracle) records(t testing.TB) []record {
	t.Helper()
	if _, err := os.Stat(o.recordFile()); os.IsNotExist(err) {
		return nil
	}
	return readRecords(t, o.recordFile())
}

// requireRecords returns the recorded answers. It skips the test if nothing is recorded.
func (o dialectOracle) requireRecords(t *testing.T) []record {
	t.Helper()
	list := o.records(t)
	if len(list) == 0 {
		t.Skipf("no answers of %s are recorded; .ci/oracle %s records them", o.name, o.name)
	}
	return list
}

func showAnswer(a answer) string {
	return strings.TrimSpace(fmt.Sprintf("%s %s %s", strings.Join(a.Types, ","), show(a.Rows), a.Error))
}

// TestRecordTrino replaces the recorded answers of Trino.
func TestRecordTrino(t *testing.T) {
	url := os.Getenv("TD_ORACLE_TRINO")
	seed, count := seedOf(t)
	if url == "" || count > 0 {
		t.Skip("TD_ORACLE_TRINO is not set")
	}
	trinoOracle.record(t, seed, func(list []statement) ([]answer, error) {
		return trinoServer{url}.ask(t.Context(), list)
	})
}

// A known difference is a statement to which the sandbox replies otherwise than the engine, with the reason.
type known struct {
	reason  string
	outcome outcome
	sql     string
}

// notExamined is the reason of differences that TD_ORACLE_UPDATE adds.
const notExamined = "not examined"

// readKnown reads the known differences of a dialect: lines with an outcome and the statement, below a line with the
// reason.
//
//	# the reason
//	wrong SELECT 1
func readKnown(t testing.TB, file string) (list []known) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	reason := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		if after, ok := strings.CutPrefix(line, "# "); ok {
			reason = after
		} else if o, sql, ok := strings.Cut(line, " "); ok {
			list = append(list, known{reason, outcome(o), sql})
		}
	}
	return list
}

func writeKnown(t testing.TB, file string, list []known) {
	t.Helper()
	slices.SortStableFunc(list, func(a, b known) int { return strings.Compare(a.reason, b.reason) })
	var b strings.Builder
	for i, k := range list {
		if i == 0 || k.reason != list[i-1].reason {
			fmt.Fprintf(&b, "# %s\n", k.reason)
		}
		fmt.Fprintf(&b, "%s %s\n", k.outcome, k.sql)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// checkRecords compares the sandbox with the recorded answers. A difference must be a known one, and a known
// difference must still exist. Statements that the sandbox rejects by the name of the feature are only counted.
func (o dialectOracle) checkRecords(t *testing.T) {
	records := o.requireRecords(t)
	differences, counts := compareAll(t, openSandbox(t, o.setup), o.dialect, records)
	t.Logf("%s: %s", o.name, describeCounts(counts))
	expected := map[string]known{}
	for _, k := range readKnown(t, o.knownFile()) {
		expected[k.sql] = k
	}
	var remaining []known
	seen := map[string]bool{}
	for _, d := range differences {
		if d.outcome == refused || seen[d.SQL] {
			continue
		}
		seen[d.SQL] = true
		k, ok := expected[d.SQL]
		delete(expected, d.SQL)
		if !ok {
			k.reason = notExamined
		}
		remaining = append(remaining, known{k.reason, d.outcome, d.SQL})
		if os.Getenv("TD_ORACLE_UPDATE") == "" && (!ok || k.outcome != d.outcome) {
			t.Errorf("%s: %s: %s\n\t%s", d.outcome, d.Kind, d.SQL, d.detail)
		}
	}
	if os.Getenv("TD_ORACLE_UPDATE") != "" {
		writeKnown(t, o.knownFile(), remaining)
		return
	}
	for _, k := range expected {
		t.Errorf("this difference no longer exists; remove it from %s: %s", o.knownFile(), k.sql)
	}
}

// TestRecordHive replaces the recorded answers of Hive.
func TestRecordHive(t *testing.T) {
	command := os.Getenv("TD_ORACLE_HIVE")
	seed, count := seedOf(t)
	if command == "" || count > 0 {
		t.Skip("TD_ORACLE_HIVE is not set")
	}
	hive := startHive(t, command, hiveSetup)
	hiveOracle.record(t, seed, hive.ask)
}

func TestHive(t *testing.T) { hiveOracle.checkRecords(t) }

func TestTrino(t *testing.T) { trinoOracle.checkRecords(t) }
