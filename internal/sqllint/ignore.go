package sqllint

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/lazyregexp"
	"github.com/td-cli/td/internal/sqlsyntax"
	"github.com/td-cli/td/internal/text"
)

var ignoreComment = lazyregexp.New(`(?s)^(?:--|/\*)\s*td:ignore\b([^:\n]*)`)

// readIgnored returns the rules that comments of the form "-- td:ignore RULE, RULE: reason" suppress in the whole SQL. A
// comment with an unknown rule, or without any, is a finding.
func readIgnored(tokens []sqlsyntax.Token) (ignored map[Rule]bool, findings []Finding) {
	ignored = map[Rule]bool{}
	for _, t := range tokens {
		if t.Kind != sqlsyntax.Comment {
			continue
		}
		m := ignoreComment().FindStringSubmatch(t.Text)
		if m == nil {
			continue
		}
		names := strings.FieldsFunc(strings.TrimSuffix(strings.TrimSpace(m[1]), "*/"), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' || r == '\r' })
		if len(names) == 0 {
			findings = append(findings, Finding{UnknownRule, t.Position, "td:ignore requires the name of a rule", adviceRules()})
		}
		for _, name := range names {
			if rule := Rule(strings.ToLower(name)); slices.Contains(Rules(), rule) {
				ignored[rule] = true
			} else {
				findings = append(findings, Finding{UnknownRule, t.Position, "td:ignore names the unknown rule '" + name + "'", adviceRules()})
			}
		}
	}
	return ignored, findings
}

// adviceRules returns the advice for a rule that is missing or unknown.
func adviceRules() string {
	return "the rule must be " + text.JoinOr(Rules())
}
