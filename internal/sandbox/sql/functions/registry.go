package functions

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"
)

// Error is a failure of a function with the service's message.
type Error struct {
	Message string
	// NotSupported is set for limits of this implementation, which are not
	// errors in the data.
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

// Scalar is a function of one row. Arguments and results are nil, int64, float64, string or
// []byte; a result may also be a bool. Call must not retain its arguments, except in the result.
type Scalar struct {
	Name     string
	Min, Max int // number of arguments; a negative Max is unlimited
	// NullArgs is set if Call handles nulls. Otherwise the result is null for
	// a null argument, and Call must not be called.
	NullArgs bool
	// Volatile is set if results differ for equal arguments.
	Volatile bool
	Call     func(args []any) (any, error)
}

// Aggregate is a function of many rows.
type Aggregate struct {
	Name     string
	Min, Max int
	New      func() State
}

// State accumulates the rows of one group. Step may retain its arguments.
type State interface {
	Step(args []any) error
	// Value returns the result for the rows so far. Over a window, more rows
	// may follow.
	Value() (any, error)
}

// A Sizer is a State that grows with its input. Size estimates its memory in bytes.
type Sizer interface {
	State
	Size() int64
}

// Inverter is a State that can remove its oldest row, which moving window frames require.
type Inverter interface {
	State
	Inverse(args []any) error
}

// Registry holds all functions and the caches that they share. It is safe for concurrent use.
type Registry struct {
	scalars    []Scalar
	aggregates []Aggregate

	zones     cache[*time.Location]
	hiveZones cache[*time.Location]
	regexps   cache[*pattern]
	paths     cache[[]pathStep]
	hivePaths cache[[]hivePathStep]
	patterns  cache[[]patternPart]

	jsonCalls  cache[*JSONCall]
	jsonTables cache[*JSONTable]
}

// New returns a Registry with all functions.
func New() *Registry {
	r := &Registry{}
	r.zones.build = loadZone
	r.hiveZones.build = loadHiveZone
	r.regexps.build = compileJava
	r.paths.build = parsePath
	r.hivePaths.build = newHivePathParser().parse
	r.patterns.build = parsePattern
	r.jsonCalls.build = parseJSONCall
	r.jsonTables.build = parseJSONTable
	r.scalars = slices.Concat(
		castFunctions(), textCasts(), jsonCasts(), hiveCastFunctions(), maskFunctions(), hivemallFunctions(), hiveHashFunctions(), distributionFunctions(), networkFunctions(), sizeFunctions(), checkNumberFunctions(), numberEncodings(), varbinaryFunctions(), operatorFunctions(), integerFunctions(), decimalFunctions(), r.subscriptFunctions(), numberFunctions(), bitwiseFunctions(), hiveNumberFunctions(), hiveLogarithms(), hiveNumberTexts(),
		stringFunctions(), splitFunctions(), distanceFunctions(), hiveStringFunctions(), r.regexpFunctions(), urlFunctions(), binaryFunctions(),
		r.jsonFunctions(), r.sqlJSONFunctions(), arrayCalls{r}.arrayFunctions(), arrayCalls{r}.setFunctions(), r.sequenceFunctions(), r.nestedFunctions(), r.orderFunctions(), mapCalls{r}.mapFunctions(),
		datetimeCalls{r}.datetimeFunctions(), r.datePartFunctions(), r.datePatternFunctions(), hiveDateFunctions(), r.hiveTimestampFunctions(), r.tdFunctions(), userAgentFunctions(),
	)
	r.scalars = append(r.scalars, newScalar("f_cast_nested", 2, 3, r.castNested))
	r.scalars = append(r.scalars, newNullScalar("f_format", 2, -1, r.formatTrino), newNullScalar("h_printf", 2, -1, r.formatHive))
	r.scalars = append(r.scalars, tryCasts(r.scalars)...)
	r.scalars = append(r.scalars, newNullScalar("f_try", 1, -1, r.try))
	r.aggregates = slices.Concat(doubleAggregates(), extremeAggregates(), percentileAggregates(), collectAggregates(), statisticAggregates(), bitwiseAggregates(), decimalAggregates(), windowFunctions(), lambdaAggregates(), tdAggregates(), hivemallAggregates(), rankingAggregates(), []Aggregate{r.replayAggregate(), r.frameAggregate()})
	sort.Slice(r.scalars, func(i, j int) bool { return r.scalars[i].Name < r.scalars[j].Name })
	sort.Slice(r.aggregates, func(i, j int) bool { return r.aggregates[i].Name < r.aggregates[j].Name })
	return r
}

// Scalars returns the scalar functions sorted by name.
func (r *Registry) Scalars() []Scalar { return r.scalars }

// Aggregates returns the aggregates sorted by name.
func (r *Registry) Aggregates() []Aggregate { return r.aggregates }

// Names returns the names of all functions, sorted.
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

// tryCasts returns an f_try_cast_T for every f_cast_T.
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

// call calls a scalar function.
func (r *Registry) call(name string, args ...any) (any, error) {
	i, ok := slices.BinarySearchFunc(r.scalars, name, func(f Scalar, name string) int { return strings.Compare(f.Name, name) })
	if !ok {
		return nil, notSupported("CAST with '%s' is not available in the sandbox", name)
	}
	return r.scalars[i].Call(args)
}

// try calls the scalar function named by the first argument with the remaining arguments; errors
// become null.
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

// nullOnError replaces a data error with null.
func nullOnError(v any, err error) (any, error) {
	if e, ok := errors.AsType[*Error](err); ok && !e.NotSupported {
		return nil, nil
	}
	return v, err
}

// newScalar returns a Scalar that accepts least to most arguments.
func newScalar(name string, least, most int, call func(args []any) (any, error)) Scalar {
	return Scalar{Name: name, Min: least, Max: most, Call: call}
}

// newNullScalar returns a Scalar that handles null arguments itself.
func newNullScalar(name string, least, most int, call func(args []any) (any, error)) Scalar {
	return Scalar{Name: name, Min: least, Max: most, NullArgs: true, Call: call}
}

// newTextScalar returns a Scalar with one text argument that cannot fail.
func newTextScalar(name string, f func(string) any) Scalar {
	return newScalar(name, 1, 1, func(a []any) (any, error) { return f(toText(a[0])), nil })
}
