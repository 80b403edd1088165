package table

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/text"
)

// Modes of the guard of table:swap.
const (
	guardOff    = "off"
	guardWarn   = "warn"
	guardRefuse = "refuse"
)

// A guardMode is the value of --guard. The empty mode is the one of the settings.
type guardMode string

// Set implements pflag.Value.
func (m *guardMode) Set(s string) error {
	modes := []string{guardOff, guardWarn, guardRefuse}
	if !slices.Contains(modes, s) {
		return fmt.Errorf("it must be %s, not %q", text.JoinOr(modes), s)
	}
	*m = guardMode(s)
	return nil
}

// String implements pflag.Value.
func (m *guardMode) String() string { return string(*m) }

// Type implements pflag.Value.
func (m *guardMode) Type() string { return "MODE" }

// resolve returns the mode, by default that of the settings.
func (m guardMode) resolve(env *cli.Env) string {
	if m != "" {
		return string(m)
	}
	c, err := env.Config()
	if err != nil { // the client has reported it
		return guardOff
	}
	return c.SwapGuard
}

// check compares a table in use with the one that is to replace it. It returns a [cli.StateError] if that seems to be
// wrong and the mode is to refuse it, and only warns if the mode is to warn.
func (m guardMode) check(env *cli.Env, database string, live, next api.Table) error {
	mode := m.resolve(env)
	if mode == guardOff {
		return nil
	}
	findings := compareTables(database, live, next)
	if mode == guardWarn {
		for _, f := range findings {
			env.Warn("%s", f)
		}
		return nil
	}
	if len(findings) == 0 {
		return nil
	}
	return cli.WithHint(cli.StateError{Err: errors.New("the tables were not swapped: " + strings.Join(findings, "; "))},
		"'td table:show %s %s' shows the table, --guard=off swaps them anyway", database, next.Name)
}

// compareTables returns why next seems to be no replacement for live.
func compareTables(database string, live, next api.Table) (findings []string) {
	add := func(format string, a ...any) { findings = append(findings, fmt.Sprintf(format, a...)) }
	liveName, nextName := "'"+database+"."+live.Name+"'", "'"+database+"."+next.Name+"'"
	switch {
	case next.Count == 0:
		add("%s is empty, and %s has %s", nextName, liveName, tablecmd.FormatRecords(live.Count))
	case next.Count < live.Count-next.Count: // less than half, without an overflow
		add("%s has %s, less than half of the %s of %s", nextName, tablecmd.FormatRecords(next.Count), text.Commas(live.Count), liveName)
	}
	if live.RawSchema != "" || next.RawSchema != "" {
		add("the schemas cannot be compared, because td cannot parse one of them")
		return findings
	}
	missing, changed := compareSchemas(live.Schema, next.Schema)
	switch len(missing) {
	case 0:
	case 1:
		add("%s lacks the column %s", nextName, missing[0])
	default:
		add("%s lacks %d columns: %s", nextName, len(missing), strings.Join(missing, ", "))
	}
	for _, c := range changed {
		add("the type of the column %s of %s is %s instead of %s", c.name, nextName, c.to, c.from)
	}
	return findings
}

// A typeChange is a column with another type.
type typeChange struct{ name, from, to string }

// compareSchemas returns the columns of a table that its replacement does not have, and those that have another type in
// it.
func compareSchemas(live, next []api.Column) (missing []string, changed []typeChange) {
	types := map[string]string{}
	for _, c := range next {
		types[c.Name] = c.Type
	}
	for _, c := range live {
		switch to, ok := types[c.Name]; {
		case !ok:
			missing = append(missing, c.Name)
		case !strings.EqualFold(to, c.Type):
			changed = append(changed, typeChange{c.Name, c.Type, to})
		}
	}
	return missing, changed
}
