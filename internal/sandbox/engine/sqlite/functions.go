package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"math"
	"strings"

	"modernc.org/sqlite"

	"github.com/td-cli/td/internal/sandbox/sql/functions"
)

// registerFunctions makes the SQL functions available to the connections of rt.
func registerFunctions(rt *runtime, r *functions.Registry) error {
	for _, f := range r.Scalars() {
		err := rt.driver.RegisterFunction(f.Name, &sqlite.FunctionImpl{
			NArgs: argCount(f.Min, f.Max), Deterministic: !f.Volatile, VolatileArgs: true, Scalar: scalarFunc(f),
		})
		if err != nil {
			return fmt.Errorf("register %s: %w", f.Name, err)
		}
	}
	for _, f := range r.Aggregates() {
		err := rt.driver.RegisterFunction(f.Name, &sqlite.FunctionImpl{
			NArgs: argCount(f.Min, f.Max), VolatileArgs: true,
			MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) {
				a := &aggregate{f: f, state: f.New(), budget: &rt.budget}
				a.sizer, _ = a.state.(functions.Sizer)
				return a, nil
			},
		})
		if err != nil {
			return fmt.Errorf("register %s: %w", f.Name, err)
		}
	}
	return nil
}

// argCount returns the number of arguments to register: -1 if it is variable.
func argCount(minArgs, maxArgs int) int32 {
	if minArgs == maxArgs {
		return int32(minArgs)
	}
	return -1
}

func checkArgCount(name string, minArgs, maxArgs, n int) error {
	if n < minArgs || maxArgs >= 0 && n > maxArgs {
		return encodeError(&functions.Error{Message: fmt.Sprintf("Unexpected parameters for function %s", name), NotSupported: true})
	}
	return nil
}

func scalarFunc(f functions.Scalar) func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
	return func(_ *sqlite.FunctionContext, values []driver.Value) (driver.Value, error) {
		if err := checkArgCount(f.Name, f.Min, f.Max, len(values)); err != nil {
			return nil, err
		}
		var buf [6]any
		args := buf[:0]
		for _, v := range values {
			if v == nil && !f.NullArgs {
				return nil, nil
			}
			args = append(args, fromEngine(v))
		}
		result, err := f.Call(args)
		if err != nil {
			return nil, encodeError(err)
		}
		return toEngine(result), nil
	}
}

// SQLite has no NaN. A blob represents it, which is equal to itself and sorted after all numbers, as NaN is in
// DISTINCT, GROUP BY and ORDER BY. The translator uses functions for other operators on doubles that can be NaN.
const notANumber = "\x00NaN, a value of type double"

// toEngine converts the result of a function to a SQLite value.
func toEngine(v any) any {
	if f, ok := v.(float64); ok && math.IsNaN(f) {
		return []byte(notANumber)
	}
	return v
}

// fromEngine converts a SQLite value to the argument of a function.
func fromEngine(v driver.Value) any {
	if b, ok := v.([]byte); ok && string(b) == notANumber {
		return math.NaN()
	}
	return v
}

// aggregate implements sqlite.AggregateFunction and sqlite.WindowFunction with a functions.State.
type aggregate struct {
	f      functions.Aggregate
	state  functions.State
	sizer  functions.Sizer // state, if it grows
	budget *budget
	size   int64 // memory of state that was counted
}

func (a *aggregate) Step(_ *sqlite.FunctionContext, values []driver.Value) error {
	if err := checkArgCount(a.f.Name, a.f.Min, a.f.Max, len(values)); err != nil {
		return err
	}
	if err := a.state.Step(copyValues(values)); err != nil {
		return encodeError(err)
	}
	if a.sizer == nil {
		return nil
	}
	size := a.sizer.Size()
	grown := size - a.size
	a.size = size
	return a.budget.use(grown)
}

func (a *aggregate) WindowInverse(_ *sqlite.FunctionContext, values []driver.Value) error {
	i, ok := a.state.(functions.Inverter)
	if !ok {
		return encodeError(&functions.Error{Message: a.f.Name + " in a window frame with a moving start is not supported by the sandbox", NotSupported: true})
	}
	return encodeError(i.Inverse(copyValues(values)))
}

func (a *aggregate) WindowValue(*sqlite.FunctionContext) (driver.Value, error) {
	v, err := a.state.Value()
	return toEngine(v), encodeError(err)
}

func (a *aggregate) Final(*sqlite.FunctionContext) { a.budget.used -= a.size }

// copyValues copies arguments, because SQLite reuses their memory after the call.
func copyValues(values []driver.Value) []any {
	args := make([]any, len(values))
	for i, v := range values {
		switch x := v.(type) {
		case string:
			args[i] = strings.Clone(x)
		case []byte:
			if args[i] = fromEngine(v); string(x) != notANumber {
				args[i] = append([]byte(nil), x...)
			}
		default:
			args[i] = v
		}
	}
	return args
}

// SQLite passes on only the text of a function's error. These delimiters preserve its kind.
const (
	dataErrorPrefix    = "\x01D"
	notSupportedPrefix = "\x01L"
	errorSuffix        = "\x01E"
)

// encodeError returns an error whose text statementError can convert back.
func encodeError(err error) error {
	if err == nil {
		return nil
	}
	prefix := dataErrorPrefix
	if e, ok := errors.AsType[*functions.Error](err); ok && e.NotSupported {
		prefix = notSupportedPrefix
	}
	// SQLite truncates a message at its first NUL.
	return errors.New(prefix + strings.ReplaceAll(err.Error(), "\x00", "\ufffd") + errorSuffix)
}
