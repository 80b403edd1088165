// Package registry lists the SQL functions of both dialects with their signatures, and how each is
// translated. See https://trino.io/docs/current/functions.html and
// https://hive.apache.org/docs/latest/language/languagemanual-udf/.
package registry

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// The tables have one signature per line, sorted by name:
//
//	name(parameters) result [aggregate|window] [special|refused] [= template]
//
// A parameter is a type, [type] if it is optional, or type... if it can be repeated. T, U, V, W and K are
// variables of any type, N is a numeric type, D and E are a date or a timestamp, char is a char of any length. A
// special function is translated by code. A refused function exists in the service, but not in the sandbox.
//
// Hive's functions differ in what they accept for a parameter. Without a suffix these are the types that Hive converts
// implicitly, and NULL. With ! it is a value of the same kind (text, a number, a variable's type), with ? such a value
// or NULL, and varchar* is every value that is not nested.
//
// The template is the SQL of the engine, with these placeholders:
//
//	$1    the first argument
//	$*    all arguments
//	$j1   the first argument as JSON text
//	$n1   the same, but NULL for NULL
//	$k1   the first argument as the key of a map
//	$o1   a value that sorts like the first argument
//	$g1   the same, but NaN in an array or a row is the least value
//	$i1   a value that is the same for equal first arguments
//	$t1   the type of the first argument, as a string
//	{…}   the part of an aggregate's template that FILTER and OVER apply to
//
// A template without parentheses is the name of an engine's function. Without a template, the engine's function
// is f_ and the name.
var (
	//go:embed trino.txt
	trinoFunctions string
	//go:embed hive.txt
	hiveFunctions string
	//go:embed td.txt
	tdFunctions string
)

// Lookup returns the signatures of a function; ok is false if the dialect has no function of that name.
func Lookup(name string, hive bool) (signatures []Signature, ok bool) {
	for rest := linesOf(name, hive); strings.HasPrefix(rest, name+"("); {
		line, after, _ := strings.Cut(rest, "\n")
		signatures = append(signatures, parseSignature(line))
		rest = after
	}
	return signatures, len(signatures) > 0
}

// linesOf returns the table of the name's functions from its first signature on.
func linesOf(name string, hive bool) string {
	table := trinoFunctions
	switch {
	case strings.HasPrefix(name, "td_"):
		table = tdFunctions
	case hive:
		table = hiveFunctions
	}
	low, high := 0, len(table)
	for low < high {
		middle := low + (high-low)/2
		start := strings.LastIndexByte(table[:middle], '\n') + 1
		end := start + strings.IndexByte(table[start:], '\n')
		if key, _, _ := strings.Cut(table[start:end], "("); key < name {
			low = end + 1
		} else {
			high = start
		}
	}
	return table[low:]
}

// IsAggregate reports whether name is an aggregate function.
func IsAggregate(name string, hive bool) bool {
	line, _, _ := strings.Cut(linesOf(name, hive), "\n")
	line, _, _ = strings.Cut(line, " = ")
	return strings.HasPrefix(line, name+"(") && strings.Contains(line, " aggregate")
}

// IsAggregateCall reports whether an expression is the call of an aggregate of either dialect without OVER.
func IsAggregateCall(n *sqlsyntax.Expr) bool {
	return n.Kind == sqlsyntax.Call && n.Call != nil && n.Call.Window == nil && n.Call.WindowName == "" &&
		(IsAggregate(n.Text, false) || IsAggregate(n.Text, true))
}

// ContainsAggregate reports whether an expression is an aggregate, or has one in its arguments. n may be nil.
func ContainsAggregate(n *sqlsyntax.Expr) bool {
	return n != nil && (IsAggregateCall(n) || slices.ContainsFunc(n.Args, ContainsAggregate))
}

// Names returns the names of the dialect's functions.
func Names(hive bool) (names []string) {
	table := trinoFunctions
	if hive {
		table = hiveFunctions
	}
	for line := range strings.Lines(table + tdFunctions) {
		name, _, _ := strings.Cut(line, "(")
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return names
}
