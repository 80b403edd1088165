// Package jq filters JSON through jq programs (https://jqlang.org/manual/). Programs
// cannot access files, the environment or modules.
package jq

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/itchyny/gojq"
)

// A Program is a compiled jq program.
type Program struct{ code *gojq.Code }

// Compile compiles a program. Errors contain the position of a syntax error.
func Compile(text string) (*Program, error) {
	query, err := gojq.Parse(text)
	if err != nil {
		if at, ok := errors.AsType[*gojq.ParseError](err); ok {
			return nil, fmt.Errorf("%q, at byte %d: %w", text, at.Offset, err)
		}
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	return &Program{code}, nil
}

// An Error is an error that a program reports, or invalid input.
type Error struct{ Err error }

// Error implements error.
func (e *Error) Error() string { return "jq: " + e.Err.Error() }

// Unwrap returns the error of the program.
func (e *Error) Unwrap() error { return e.Err }

// Lines returns a writer that runs the program for each line of JSON and writes one
// line per result to w, strings without quotes. The caller must close the writer. The
// program is stopped when ctx ends.
func (p *Program) Lines(ctx context.Context, w io.Writer) io.WriteCloser {
	return p.newFilter(ctx, w, true)
}

// Whole is Lines for a single JSON value, which is buffered until the writer is
// closed.
func (p *Program) Whole(ctx context.Context, w io.Writer) io.WriteCloser {
	return p.newFilter(ctx, w, false)
}

// A filter runs a program for the JSON that is written to it.
type filter struct {
	start    func(input any) gojq.Iter // runs the program
	canceled func() error              // cause of the cancellation, if any
	w        io.Writer
	lines    bool
	buf      []byte // incomplete input
	out      []byte // unwritten output
	done     bool   // the program has called halt
}

func (p *Program) newFilter(ctx context.Context, w io.Writer, lines bool) *filter {
	return &filter{
		start:    func(input any) gojq.Iter { return p.code.RunWithContext(ctx, input) },
		canceled: func() error { return context.Cause(ctx) },
		w:        w,
		lines:    lines,
	}
}

func (f *filter) Write(b []byte) (int, error) {
	f.buf = append(f.buf, b...)
	if !f.lines {
		return len(b), nil
	}
	rest := f.buf
	for {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		if !ended {
			break
		}
		if err := f.run(line); err != nil {
			return 0, err
		}
		rest = after
	}
	f.buf = append(f.buf[:0], rest...)
	return len(b), f.flush()
}

func (f *filter) Close() error {
	if len(bytes.TrimSpace(f.buf)) == 0 {
		return nil
	}
	if err := f.run(f.buf); err != nil {
		return err
	}
	return f.flush()
}

func (f *filter) flush() error {
	if len(f.out) == 0 {
		return nil
	}
	_, err := f.w.Write(f.out)
	f.out = f.out[:0]
	return err
}

// run runs the program for one value.
func (f *filter) run(text []byte) error {
	if f.done {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var input any
	if err := dec.Decode(&input); err != nil {
		return &Error{err}
	}
	results := f.start(input)
	for {
		v, ok := results.Next()
		if !ok {
			return nil
		}
		if err, ok := v.(error); ok {
			return f.fail(err)
		}
		if err := f.print(v); err != nil {
			return err
		}
	}
}

// fail converts an error of the program.
func (f *filter) fail(err error) error {
	if halt, ok := errors.AsType[*gojq.HaltError](err); ok && halt.ExitCode() == 0 {
		f.done = true
		return nil
	}
	if cause := f.canceled(); cause != nil {
		return cause
	}
	return &Error{err}
}

// blockSize is the number of bytes per write.
const blockSize = 256 << 10

// print appends a result to the output.
func (f *filter) print(v any) error {
	if s, ok := v.(string); ok {
		f.out = append(f.out, s...)
	} else {
		b, err := gojq.Marshal(v)
		if err != nil {
			return &Error{err}
		}
		f.out = append(f.out, b...)
	}
	f.out = append(f.out, '\n')
	if len(f.out) < blockSize {
		return nil
	}
	return f.flush()
}
