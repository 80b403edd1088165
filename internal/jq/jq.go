// Package jq runs jq programs over JSON that is being written. It reads no files, no environment
// and no modules.
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

// A Program is a jq program that can be run.
type Program struct{ code *gojq.Code }

// Compile reads a program. An error says where it makes no sense.
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

// An Error is what a program says of its input, or of itself.
type Error struct{ Err error }

// Error says that it is jq that speaks.
func (e *Error) Error() string { return "jq: " + e.Err.Error() }

// Unwrap returns what it says.
func (e *Error) Unwrap() error { return e.Err }

// Lines returns a writer that takes JSON a line and writes to w what the program makes of each: a
// line a result, a text without quotes. It has to be closed. The end of ctx ends the program.
func (p *Program) Lines(ctx context.Context, w io.Writer) io.WriteCloser {
	return &filter{p: p, ctx: ctx, w: w, lines: true}
}

// Whole is Lines for one JSON value, which it holds in memory until it is closed.
func (p *Program) Whole(ctx context.Context, w io.Writer) io.WriteCloser {
	return &filter{p: p, ctx: ctx, w: w}
}

// A filter runs a program over what is written to it.
type filter struct {
	p     *Program
	ctx   context.Context //nolint:containedctx // a Writer is handed none
	w     io.Writer
	lines bool
	buf   []byte // input that is not a whole value yet
	out   []byte
	done  bool // the program asked to halt
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

// run appends to out what the program makes of one value.
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
	results := f.p.code.RunWithContext(f.ctx, input)
	for {
		v, ok := results.Next()
		if !ok {
			return nil
		}
		if err, failed := v.(error); failed {
			return f.failed(err)
		}
		if err := f.print(v); err != nil {
			return err
		}
	}
}

func (f *filter) failed(err error) error {
	if halt, ok := errors.AsType[*gojq.HaltError](err); ok && halt.ExitCode() == 0 {
		f.done = true
		return nil
	}
	if f.ctx.Err() != nil {
		return context.Cause(f.ctx)
	}
	return &Error{err}
}

// block is how much output is held back.
const block = 256 << 10

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
	if len(f.out) < block {
		return nil
	}
	return f.flush()
}
