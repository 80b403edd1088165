package compat

import (
	"cmp"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/shellscript"
)

// A verdict states how a call behaves compared with the Ruby toolbelt.
type verdict int

// Verdicts, in the order of their importance.
const (
	same          verdict = iota
	partlyChecked         // the same, except for what is not known
	better                // better now, without a change
	broken                // was silently broken before
	look                  // cannot be decided
	change                // needs a change
)

// verdicts returns all verdicts.
func verdicts() []verdict { return []verdict{same, partlyChecked, better, broken, look, change} }

func (v verdict) String() string {
	switch v {
	case same:
		return "same"
	case partlyChecked:
		return "partly checked"
	case better:
		return "better now"
	case broken:
		return "was silently broken before"
	case look:
		return "needs a look"
	}
	return "needs a change"
}

// plural returns the verdict of a number of calls.
func (v verdict) plural(n int) string {
	switch {
	case n == 1:
	case v == broken:
		return "were silently broken before"
	case v == look || v == change:
		return "need" + strings.TrimPrefix(v.String(), "needs")
	}
	return v.String()
}

// A finding is a difference of a call.
type finding struct {
	verdict  verdict
	why      string // "" if there is no difference
	action   string // "" if there is nothing to do
	required bool   // the action is required
}

// These functions return findings of a verdict. Those with an action require it, except for unchanged.
func betterNow(why string) finding            { return finding{better, why, "", false} }
func fixedNow(why string) finding             { return finding{broken, why, "", false} }
func stillBroken(why, action string) finding  { return finding{broken, why, action, true} }
func needsLook(why, action string) finding    { return finding{look, why, action, true} }
func needsChange(why, action string) finding  { return finding{change, why, action, true} }
func unchanged(why, suggested string) finding { return finding{same, why, suggested, false} }

// A result is a finding at its place.
type result struct {
	finding
	file       string
	position   shellscript.Position
	call       string
	notChecked []string // parts of the call that are not known
}

// countRequired returns the number of calls with a required action.
func countRequired(results []result) int {
	var places []place
	for _, r := range results {
		if r.required {
			places = append(places, r.place())
		}
	}
	return len(slices.Compact(places))
}

// A place identifies a call.
type place struct {
	file string
	shellscript.Position
	call string
}

func (r result) place() place { return place{r.file, r.position, r.call} }

// sortResults orders the results of a file by place, the most important first. It removes
// repeated findings, and lesser verdicts without a difference.
func sortResults(results []result) []result {
	slices.SortStableFunc(results, func(a, b result) int {
		return cmp.Or(cmp.Compare(a.position.Line, b.position.Line), cmp.Compare(a.position.Column, b.position.Column),
			cmp.Compare(a.call, b.call), cmp.Compare(b.verdict, a.verdict), cmp.Compare(a.why, b.why))
	})
	kept := results[:0]
	for _, r := range results {
		if len(kept) > 0 {
			if last := kept[len(kept)-1]; last.place() == r.place() && (r.verdict == last.verdict && r.why == last.why || r.verdict <= partlyChecked && r.why == "") {
				continue
			}
		}
		kept = append(kept, r)
	}
	return kept
}
