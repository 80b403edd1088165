package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"

	"github.com/td-cli/td/internal/sandbox/sql/functions"
)

// register makes the functions known to every connection of the driver.
func register(d *sqlite.Driver, r *functions.Registry) error {
	for _, f := range r.Scalars() {
		err := d.RegisterFunction(f.Name, &sqlite.FunctionImpl{
			NArgs: arity(f.Min, f.Max), Deterministic: !f.Volatile, VolatileArgs: true, Scalar: scalar(f),
		})
		if err != nil {
			return fmt.Errorf("register %s: %w", f.Name, err)
		}
	}
	for _, f := range r.Aggregates() {
		err := d.RegisterFunction(f.Name, &sqlite.FunctionImpl{
			NArgs: arity(f.Min, f.Max), VolatileArgs: true,
			MakeAggregate: func(sqlite.FunctionContext) (sqlite.AggregateFunction, error) {
				return &aggregate{f: f, state: f.New()}, nil
			},
		})
		if err != nil {
			return fmt.Errorf("register %s: %w", f.Name, err)
		}
	}
	return nil
}

func arity(least, most int) int32 {
	if least == most {
		return int32(least)
	}
	return -1
}

func checkArity(name string, least, most, n int) error {
	if n < least || most >= 0 && n > most {
		return mark(&functions.Error{Message: fmt.Sprintf("Unexpected parameters for function %s", name), NotSupported: true})
	}
	return nil
}

func scalar(f functions.Scalar) func(*sqlite.FunctionContext, []driver.Value) (driver.Value, error) {
	return func(_ *sqlite.FunctionContext, values []driver.Value) (driver.Value, error) {
		if err := checkArity(f.Name, f.Min, f.Max, len(values)); err != nil {
			return nil, err
		}
		var few [6]any
		args := few[:0]
		for _, v := range values {
			if v == nil && !f.NullArgs {
				return nil, nil
			}
			args = append(args, v)
		}
		result, err := f.Call(args)
		if err != nil {
			return nil, mark(err)
		}
		return result, nil
	}
}

// An aggregate is a State as SQLite drives it.
type aggregate struct {
	f     functions.Aggregate
	state functions.State
}

func (a *aggregate) Step(_ *sqlite.FunctionContext, values []driver.Value) error {
	if err := checkArity(a.f.Name, a.f.Min, a.f.Max, len(values)); err != nil {
		return err
	}
	return mark(a.state.Step(kept(values)))
}

func (a *aggregate) WindowInverse(_ *sqlite.FunctionContext, values []driver.Value) error {
	i, ok := a.state.(functions.Inverter)
	if !ok {
		return mark(&functions.Error{Message: a.f.Name + " over a window frame that moves is not supported", NotSupported: true})
	}
	return mark(i.Inverse(kept(values)))
}

func (a *aggregate) WindowValue(*sqlite.FunctionContext) (driver.Value, error) {
	v, err := a.state.Value()
	return v, mark(err)
}

func (a *aggregate) Final(*sqlite.FunctionContext) {}

// kept copies what SQLite only lends.
func kept(values []driver.Value) []any {
	args := make([]any, len(values))
	for i, v := range values {
		switch x := v.(type) {
		case string:
			args[i] = strings.Clone(x)
		case []byte:
			args[i] = append([]byte(nil), x...)
		default:
			args[i] = v
		}
	}
	return args
}

// A function's error goes through SQLite as text, between marks that say
// whose it is.
const (
	markData  = "\x01D"
	markLimit = "\x01L"
	markEnd   = "\x01E"
)

func mark(err error) error {
	if err == nil {
		return nil
	}
	begin := markData
	if e, ok := errors.AsType[*functions.Error](err); ok && e.NotSupported {
		begin = markLimit
	}
	// SQLite takes a message up to its first NUL.
	return errors.New(begin + strings.ReplaceAll(err.Error(), "\x00", "\ufffd") + markEnd)
}
