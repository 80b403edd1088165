package functions

import (
	"fmt"
	"sort"
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
// good until Call returns.
type Scalar struct {
	Name     string
	Min, Max int // the number of arguments; Max < 0 is any number
	// NullArgs says that Call wants to see nulls. Otherwise a null argument
	// makes the result null and Call is not made.
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
	names      map[string]int // number of entries with the name, for lookups
}

// New builds the set.
func New() *Registry {
	r := &Registry{names: map[string]int{}}
	return r
}

// Scalars lists the scalar functions, sorted by name.
func (r *Registry) Scalars() []Scalar { return r.scalars }

// Aggregates lists the aggregates, sorted by name.
func (r *Registry) Aggregates() []Aggregate { return r.aggregates }

// Names lists every name, sorted.
func (r *Registry) Names() []string {
	names := make([]string, 0, len(r.names))
	for name := range r.names {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
