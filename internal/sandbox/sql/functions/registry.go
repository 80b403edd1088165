package functions

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"
)

// An Error is a failure of a function, worded as the service words it.
type Error struct {
	Message string
	// NotSupported says that the service would have answered: it is a
	// limit of this implementation, not a fault in the data.
	NotSupported bool
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

func dataError(format string, args ...any) error {
	return &Error{Message: fmt.Sprintf(format, args...)}
}

func notSupported(format string, args ...any) error {
	return &Error{Message: fmt.Sprintf(format, args...), NotSupported: true}
}

// A Scalar is a function of one row. Arguments and result are nil, int64,
// float64, string and []byte; a result may be a bool too. Arguments are only
// good until Call returns, except in the result.
type Scalar struct {
	Name     string
	Min, Max int // the number of arguments; Max < 0 is any number
	// NullArgs says that Call wants to see nulls. Otherwise a null argument
	// makes the result null and Call must not be made.
	NullArgs bool
	// Volatile says that equal arguments may give different results.
	Volatile bool
	Call     func(args []any) (any, error)
}

// An Aggregate is a function of many rows. New begins a group.
type Aggregate struct {
	Name     string
	Min, Max int
	New      func() State
}

// A State is an aggregate under way. Values that Step is given are the
// state's to keep.
type State interface {
	Step(args []any) error
	// Value is the result so far; rows may still follow when it is used
	// over a window.
	Value() (any, error)
}

// An Inverter is a State that can take back the oldest row that Step was
// given, as moving window frames need.
type Inverter interface {
	State
	Inverse(args []any) error
}

// A Registry is the set of functions with the caches that they share. It may
// be used by several goroutines at once.
type Registry struct {
	scalars    []Scalar
	aggregates []Aggregate

	zones    cache[*time.Location]
	regexps  cache[*regexp.Regexp]
	paths    cache[[]pathStep]
	patterns cache[[]patternPart] // Joda's and SimpleDateFormat's
}

// New builds the set.
func New() *Registry {
	r := &Registry{}
	r.zones.build = loadZone
	r.regexps.build = compileJava
	r.paths.build = parsePath
	r.patterns.build = parsePattern
	r.scalars = slices.Concat(
		castFunctions(), r.hiveCastFunctions(), operatorFunctions(), decimalFunctions(), r.subscriptFunctions(), numberFunctions(), bitwiseFunctions(), hiveNumberFunctions(),
		stringFunctions(), splitFunctions(), distanceFunctions(), hiveStringFunctions(), r.regexpFunctions(), urlFunctions(), binaryFunctions(),
		r.jsonFunctions(), arrayFunctions(), setFunctions(), r.sequenceFunctions(), mapFunctions(),
		r.datetimeFunctions(), r.datePartFunctions(), r.datePatternFunctions(), r.hiveDateFunctions(), r.tdFunctions(), userAgentFunctions(),
	)
	r.scalars = append(r.scalars, tryCasts(r.scalars)...)
	r.scalars = append(r.scalars, newNullScalar("f_try", 1, -1, r.try))
	r.aggregates = slices.Concat(extremeAggregates(), percentileAggregates(), collectAggregates(), statisticAggregates(), booleanAggregates(), tdAggregates())
	sort.Slice(r.scalars, func(i, j int) bool { return r.scalars[i].Name < r.scalars[j].Name })
	sort.Slice(r.aggregates, func(i, j int) bool { return r.aggregates[i].Name < r.aggregates[j].Name })
	return r
}

// Scalars lists the scalar functions, sorted by name.
func (r *Registry) Scalars() []Scalar { return r.scalars }

// Aggregates lists the aggregates, sorted by name.
func (r *Registry) Aggregates() []Aggregate { return r.aggregates }

// Names lists the names of all functions, sorted.
func Names() []string {
	names := map[string]bool{}
	r := New()
	for _, f := range r.scalars {
		names[f.Name] = true
	}
	for _, f := range r.aggregates {
		names[f.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// tries makes an f_try_cast_T of every f_cast_T.
func tryCasts(list []Scalar) []Scalar {
	var more []Scalar
	for _, f := range list {
		name, ok := strings.CutPrefix(f.Name, "f_cast_")
		if !ok {
			continue
		}
		cast := f.Call
		f.Name = "f_try_cast_" + name
		f.Call = func(args []any) (any, error) { return nullOnError(cast(args)) }
		more = append(more, f)
	}
	return more
}

// try calls the scalar that the first argument names with the others.
func (r *Registry) try(args []any) (any, error) {
	name := toText(args[0])
	i, ok := slices.BinarySearchFunc(r.scalars, name, func(f Scalar, name string) int { return strings.Compare(f.Name, name) })
	if !ok || r.scalars[i].Name == "f_try" || len(args)-1 < r.scalars[i].Min || r.scalars[i].Max >= 0 && len(args)-1 > r.scalars[i].Max {
		return nil, notSupported("TRY of '%s' is not available in the sandbox", clip(name))
	}
	if f := r.scalars[i]; f.NullArgs || !slices.Contains(args[1:], nil) {
		return nullOnError(f.Call(args[1:]))
	}
	return nil, nil
}

// orNull is null in place of what the data made fail.
func nullOnError(v any, err error) (any, error) {
	if e, ok := errors.AsType[*Error](err); ok && !e.NotSupported {
		return nil, nil
	}
	return v, err
}

// fn is a Scalar of the usual kind.
func newScalar(name string, least, most int, call func(args []any) (any, error)) Scalar {
	return Scalar{Name: name, Min: least, Max: most, Call: call}
}

// fnNull is a Scalar that sees nulls.
func newNullScalar(name string, least, most int, call func(args []any) (any, error)) Scalar {
	return Scalar{Name: name, Min: least, Max: most, NullArgs: true, Call: call}
}

// ofText is a Scalar of one text that cannot fail.
func newTextScalar(name string, f func(string) any) Scalar {
	return newScalar(name, 1, 1, func(a []any) (any, error) { return f(toText(a[0])), nil })
}
