package compat

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
)

// toolbeltList is the list of the names of the Ruby toolbelt.
//
//go:embed toolbelt.txt
var toolbeltList string

// A toolbelt has the long flags of each command of the Ruby toolbelt; "" has the global ones.
type toolbelt map[string]map[string]bool

func readToolbelt() toolbelt {
	t := toolbelt{"": {}}
	command := ""
	for line := range strings.Lines(toolbeltList) {
		words := strings.Fields(line)
		if len(words) < 3 {
			continue
		}
		switch words[0] {
		case "command", "hidden":
			command = words[1]
			t[command] = map[string]bool{}
		case "global":
			t[""][strings.TrimPrefix(words[2], "--")] = true
		case "flag":
			t[command][strings.TrimPrefix(words[2], "--")] = true
		}
	}
	return t
}

// checkNew reports a command or flags that the Ruby toolbelt does not have.
func (t toolbelt) checkNew(c call) (findings []finding) {
	flags, ok := t[c.name]
	switch {
	case usesJava(c.name): // any arguments
		return nil
	case !ok:
		return []finding{betterNow("the Ruby toolbelt has no command " + c.name)}
	}
	for _, name := range slices.Sorted(maps.Keys(c.flags)) {
		if !flags[name] && !t[""][name] {
			findings = append(findings, betterNow("the Ruby toolbelt has no flag --"+name+" here"))
		}
	}
	return findings
}
