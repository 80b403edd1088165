// Package listcmd builds commands that print a list of server objects.
package listcmd

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// A Spec describes a command that prints a list of T.
type Spec[T any] struct {
	Use, Short, Long, Example string
	Args                      cobra.PositionalArgs // nil: no arguments
	Kinds                     []complete.Kind      // completion kinds of the arguments

	// Fetch returns the objects. Those that it returns with an [IncompleteError] are printed before the error.
	Fetch   func(ctx context.Context, args []string) ([]T, error)
	Columns []Column[T]
	// Optional are the titles of columns that a narrow terminal may omit, the
	// least important first.
	Optional []string
	Keys     []string       // titles in the order of a JSON object; nil: the order of Columns
	Raw      func(T) any    // the object of format jsonl, with the API's names and types
	Name     func(T) string // the line of --names; nil: the command has no such flag

	// Empty prints a message if there is nothing to list; nil for none.
	Empty func(args []string)
}

// A Column is a column of a list.
type Column[T any] struct {
	Title string
	Cell  func(T) any // see [grid.Row.Cells] for the types

	localTime bool // the cells depend on the local time zone
}

// An IncompleteError reports that a list lacks some of its objects.
type IncompleteError struct{ Err error }

func (e IncompleteError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e IncompleteError) Unwrap() error { return e.Err }

// LocalTime returns a column of times in the local time zone. The cell of the zero time is
// nil.
func LocalTime[T any](title string, get func(T) time.Time) Column[T] {
	return Column[T]{
		Title:     title,
		Cell:      func(item T) any { return OrNil(text.LocalTime(get(item))) },
		localTime: true,
	}
}

// CheckZone returns a [cli.UsageError] if the local time zone is unknown and the columns
// depend on it.
func CheckZone[T any](columns []Column[T], format cli.ListFormat) error {
	local := slices.ContainsFunc(columns, func(c Column[T]) bool { return c.localTime })
	if !local || format.Format == jobresult.JSONL { // the raw objects have times in UTC
		return nil
	}
	return cli.CheckZone()
}

// New returns the command described by s. The caller may add flags to it.
func New[T any](env *cli.Env, s Spec[T]) *cobra.Command {
	format := cli.TableList()
	var names bool
	cmd := &cobra.Command{
		Use:     s.Use,
		Short:   s.Short,
		Long:    s.Long,
		Example: s.Example,
		Args:    s.Args,
		RunE: func(cmd *cobra.Command, args []string) error {
			if names && cmd.Flags().Changed("format") {
				return cli.Usagef("--names and -f/--format cannot be used together")
			}
			return run(cmd.Context(), env, s, format, names, args)
		},
	}
	if s.Args == nil {
		cmd.Args = cobra.NoArgs
	}
	if s.Kinds != nil {
		cmd.Annotations = complete.Args(s.Kinds...)
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	if s.Name != nil {
		cmd.Flags().BoolVar(&names, "names", false, "print only the names, one per line")
	}
	return cmd
}

func run[T any](ctx context.Context, env *cli.Env, s Spec[T], format cli.ListFormat, names bool, args []string) error {
	if !names {
		if err := CheckZone(s.Columns, format); err != nil {
			return err
		}
	}
	items, err := s.Fetch(ctx, args)
	if _, isIncomplete := errors.AsType[IncompleteError](err); err != nil && !isIncomplete {
		return err
	}
	if len(items) == 0 && err == nil && s.Empty != nil {
		s.Empty(args)
	}
	if names {
		for _, item := range items {
			env.Print("%s", s.Name(item))
		}
		return err
	}
	l := Grid(s.Columns, s.Keys, s.Raw, items)
	l.Optional = s.Optional
	return errors.Join(err, env.PrintList(l, format))
}

// Grid returns the list of items. See [Spec] for the other parameters.
func Grid[T any](columns []Column[T], keys []string, raw func(T) any, items []T) grid.List {
	l := grid.List{Keys: keys}
	for _, c := range columns {
		l.Columns = append(l.Columns, c.Title)
	}
	for _, item := range items {
		row := grid.Row{Raw: raw(item)}
		for _, c := range columns {
			row.Cells = append(row.Cells, c.Cell(item))
		}
		l.Rows = append(l.Rows, row)
	}
	return l
}

// OrNil returns v, or nil if v is the zero value of its type: a missing value is null in
// JSON and an empty cell in csv, unlike an empty string.
func OrNil[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// IntOrNil returns the value of n, or nil if it is unknown.
func IntOrNil(n api.Int) any {
	if !n.Valid {
		return nil
	}
	return n.Value
}

// IDNumber returns the ID of a job as a number, which the API sends in some responses and the Ruby toolbelt prints.
func IDNumber(id string) any {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil {
		return n
	}
	return id
}
