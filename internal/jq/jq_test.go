package jq

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestFilter(t *testing.T) {
	const rows = `{"id":9223372036854775807,"name":"a\nb","x":1.5}` + "\n" + `{"id":18446744073709551615,"name":"é","x":null}` + "\n"
	for _, tt := range []struct{ program, in, want string }{
		{".name", rows, "a\nb\né\n"},
		{".id", rows, "9223372036854775807\n18446744073709551615\n"},
		{".id + 1", rows, "9223372036854775808\n18446744073709551616\n"},
		{"[.x, .name]", rows, "[1.5,\"a\\nb\"]\n[null,\"é\"]\n"},
		{"select(.x) | {x}", rows, "{\"x\":1.5}\n"},
		{"., .", "1\n", "1\n1\n"},
		{"empty", rows, ""},
		{".", "", ""},
		{".", "7", "7\n"}, // no line feed at the end
		{"if .id > 9223372036854775807 then halt else .x end", rows, "1.5\n"},
		{"env, $ENV", "1\n", "{}\n{}\n"}, // may contain an API key
	} {
		p, err := Compile(tt.program)
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{1, 7, 1000} {
			var out strings.Builder
			w := p.Lines(t.Context(), &out)
			for rest := tt.in; rest != ""; {
				n := min(size, len(rest))
				if _, err := io.WriteString(w, rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if err := w.Close(); err != nil || out.String() != tt.want {
				t.Errorf("%s: got %q, %v, want %q", tt.program, out.String(), err, tt.want)
			}
		}
	}
}

func TestWhole(t *testing.T) {
	p, err := Compile("length, .[1].a")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	w := p.Whole(t.Context(), &out)
	for _, part := range []string{"[{\"a\":1},\n", "{\"a\":2}]\n"} {
		if _, err := io.WriteString(w, part); err != nil || out.Len() > 0 {
			t.Fatalf("%v, %q", err, &out)
		}
	}
	if err := w.Close(); err != nil || out.String() != "2\n2\n" {
		t.Errorf("got %q, %v", &out, err)
	}
}

func TestCompileErrors(t *testing.T) {
	for program, want := range map[string]string{".a |": `".a |"`, "nope(1)": "nope/1", "$x": "$x", `import "m" as m; .`: `"m"`} {
		if _, err := Compile(program); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", program, err)
		}
	}
}

func TestRunErrors(t *testing.T) {
	for program, want := range map[string]string{".a": "expected an object", `error("no")`: "no", `halt_error`: "x"} {
		p, err := Compile(program)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(p.Lines(t.Context(), io.Discard), "\"x\"\n")
		if e, ok := errors.AsType[*Error](err); !ok || !strings.Contains(e.Error(), want) {
			t.Errorf("%s: %v", program, err)
		}
	}
}

// TestEndless checks that an endless program can be interrupted.
func TestEndless(t *testing.T) {
	p, err := Compile("def f: f; f")
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	go cancel(stop)
	if _, err := io.WriteString(p.Lines(ctx, io.Discard), "1\n"); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

// FuzzLines checks that the output does not depend on the sizes of the writes.
func FuzzLines(f *testing.F) {
	f.Add("{\"a\":1}\n[2]\n", 3)
	f.Add("1\n\n2", 1)
	f.Add("\"é\"\n{", 2)
	p, err := Compile(".")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string, at int) {
		at = min(max(at, 0), len(text))
		run := func(parts ...string) (string, error) {
			var out strings.Builder
			w := p.Lines(t.Context(), &out)
			for _, part := range parts {
				if _, err := w.Write([]byte(part)); err != nil {
					return "", err
				}
			}
			err := w.Close()
			return out.String(), err
		}
		whole, werr := run(text)
		cut, cerr := run(text[:at], text[at:])
		if (werr == nil) != (cerr == nil) || werr == nil && whole != cut {
			t.Errorf("%q cut at %d: %q, %v and not %q, %v", text, at, cut, cerr, whole, werr)
		}
	})
}
