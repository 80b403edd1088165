package functions

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// call runs a function like an engine: a null argument makes the result null, booleans become 1 and 0.
func call(f Scalar, args ...any) (any, error) {
	if !f.NullArgs && slices.Contains(args, nil) {
		return nil, nil
	}
	v, err := f.Call(args)
	if b, ok := v.(bool); ok && err == nil {
		return fromElement(b), nil
	}
	return v, err
}

func byName(t testing.TB) map[string]Scalar {
	t.Helper()
	m := map[string]Scalar{}
	for _, f := range New().Scalars() {
		if _, ok := m[f.Name]; ok {
			t.Errorf("%s is registered twice", f.Name)
		}
		m[f.Name] = f
	}
	return m
}

// TestFunctionsAreUsed checks that packages registry and translate use every function.
func TestFunctionsAreUsed(t *testing.T) {
	var sources []byte
	for _, pattern := range []string{"registry/*.txt", "translate/*.go"} {
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(pattern)))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s: %v", pattern, err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sources = append(sources, b...)
		}
	}
	used := map[string]bool{}
	for _, name := range regexp.MustCompile(`\b[fh]_[a-z0-9_]+\b`).FindAllString(string(sources), -1) {
		used[name] = true
	}
	// A signature without a template calls f_NAME.
	for _, m := range regexp.MustCompile(`(?m)^([a-z0-9_]+)\([^=\n]*$`).FindAllStringSubmatch(string(sources), -1) {
		used["f_"+m[1]] = true
	}
	for _, name := range Names() {
		built := regexp.MustCompile(`^[fh]_(try_)?cast_|^f_decimal_`).MatchString(name) // name composed at run time
		if !built && !used[name] {
			t.Errorf("%s is not used by packages registry and translate", name)
		}
	}
}

// values returns arguments of every kind.
func values() []any {
	return []any{
		nil, int64(0), int64(1), int64(-1), int64(7), int64(math.MaxInt64), int64(math.MinInt64), int64(1412150460), int64(40),
		0.0, 1.5, -2.5, math.Inf(1), math.Inf(-1), math.NaN(), 1e300, "", "a", "abc", "日本語", "\xff\xfe", "a\x00b", "1", "-1.5", "true",
		"2014-10-01", "2014-10-01 12:34:56.789", "2014-10-01 12:34:56.789 Asia/Tokyo", "12:34:56", "-0044-03-15", "200000-01-01",
		"[1,2,3]", "[]", "[null]", `["a","b","a"]`, `[[1],[2,"x"]]`, `[["k",1],["l",2]]`, `{"a":1,"b":[true]}`, "{}", "[1,", "null",
		"$.a", "$.a[0].b", "(a)(b)?", "[", "$1", "%Y-%m-%d %H:%i:%s", "yyyy-MM-dd'T'HH:mm:ss.SSSZ", "%5.2f %s %,d", "day", "month", "hour",
		"UTC", "Asia/Tokyo", "+09:00", "JST", "-1d", "1h/now", "-7d/-1d", "d!", ",", "=", "http://u@h.x:80/p/a?q=1&r=%41#f", "1e400",
		[]byte{0, 1, 255},
		[]byte{},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 12_1 like Mac OS X) AppleWebKit/605.1.15 Version/12.0 Mobile Safari/604.1",
		strings.Repeat("[", 3000), strings.Repeat("x", 200),
	}
}

func checkResult(t *testing.T, name string, args []any, v any, err error) {
	t.Helper()
	switch v.(type) {
	case nil, bool, int64, float64, string, []byte:
	default:
		t.Errorf("%s(%q) is a %T", name, args, v)
	}
	if err == nil {
		return
	}
	if _, ok := errors.AsType[*Error](err); !ok {
		t.Errorf("%s(%q): not an *Error: %v", name, args, err)
	}
	if name != "f_fail" && strings.TrimSpace(err.Error()) == "" {
		t.Errorf("%s(%q): an error without a message", name, args)
	}
}

// TestArbitraryArguments checks that no function panics, and that errors have the right type.
func TestArbitraryArguments(t *testing.T) {
	all := values()
	for _, f := range New().Scalars() {
		random := rand.New(rand.NewPCG(1, uint64(len(f.Name))))
		most := f.Max
		if most < 0 {
			most = f.Min + 3
		}
		for n := f.Min; n <= most; n++ {
			for range 120 {
				args := make([]any, n)
				for i := range args {
					args[i] = all[random.IntN(len(all))]
				}
				v, err := call(f, args...)
				checkResult(t, f.Name, args, v, err)
			}
		}
	}
	for _, f := range New().Aggregates() {
		random := rand.New(rand.NewPCG(2, uint64(len(f.Name))))
		most := f.Max
		if most < 0 {
			most = f.Min + 2
		}
		for n := f.Min; n <= most; n++ {
			for range 30 {
				state := f.New()
				var rows [][]any
				for range random.IntN(8) {
					args := make([]any, n)
					for i := range args {
						args[i] = all[random.IntN(len(all))]
					}
					err := state.Step(args)
					checkResult(t, f.Name, args, nil, err)
					if err == nil {
						rows = append(rows, args)
					}
				}
				v, err := state.Value()
				checkResult(t, f.Name, nil, v, err)
				if i, ok := state.(Inverter); ok {
					for _, args := range rows {
						checkResult(t, f.Name, args, nil, i.Inverse(args))
					}
					v, err := state.Value()
					checkResult(t, f.Name, nil, v, err)
				}
			}
		}
	}
}

func FuzzScalars(f *testing.F) {
	f.Add(uint16(0), "a", "b", int64(1), 1.5)
	f.Add(uint16(77), "2014-10-01", "yyyy-MM-dd", int64(-1), -0.5)
	f.Add(uint16(301), `[1,{"a":null}]`, "(a|b)*", int64(1<<62), 1e18)
	all := New().Scalars()
	f.Fuzz(func(t *testing.T, which uint16, a, b string, n int64, x float64) {
		fn := all[int(which)%len(all)]
		if len(a) > 1000 || len(b) > 1000 {
			return
		}
		pool := []any{a, b, n, x, []byte(a), nil}
		random := rand.New(rand.NewPCG(uint64(n), uint64(which)))
		for range 8 {
			args := make([]any, fn.Min)
			if fn.Max < 0 || fn.Max > fn.Min {
				args = make([]any, fn.Min+random.IntN(2))
			}
			for i := range args {
				args[i] = pool[random.IntN(len(pool))]
			}
			v, err := call(fn, args...)
			checkResult(t, fn.Name, args, v, err)
		}
	})
}

func FuzzParseJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,2.5,"x\u00e9\ud83d\ude00",null,true]}`, `[1e3,-0,12345678901234567890]`, `"\u0000"`, `{"a":}`, `[1,]`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := ParseJSON(s)
		if err != nil {
			return
		}
		text := JSON(v)
		again, err := ParseJSON(text)
		if err != nil {
			t.Fatalf("%q became %q: %v", s, text, err)
		}
		if JSON(again) != text {
			t.Fatalf("%q became %q, then %q", s, text, JSON(again))
		}
	})
}

// A callTest is a call of a scalar function with its result or a failure.
type callTest struct {
	name string
	want any
	args []any
}

// args returns arguments as the engine passes them: integers are int64.
func args(list ...any) []any {
	for i, a := range list {
		switch x := a.(type) {
		case int:
			list[i] = int64(x)
		case bool:
			list[i] = fromElement(x)
		}
	}
	return list
}

// failure is the message of an expected error.
type failure string

// equalDoubles tolerates differences in the last digits of mathematical functions.
func equalDoubles() cmp.Option {
	return cmp.Comparer(func(a, b float64) bool {
		if a == 0 && b == 0 {
			return math.Signbit(a) == math.Signbit(b)
		}
		return a == b || math.Abs(a-b) <= 1e-14*math.Abs(a) || math.IsNaN(a) && math.IsNaN(b)
	})
}

func checkCalls(t *testing.T, tests []callTest) {
	t.Helper()
	all := byName(t)
	for _, tt := range tests {
		f, ok := all[tt.name]
		if !ok {
			t.Errorf("no function %s", tt.name)
			continue
		}
		got, err := call(f, tt.args...)
		if err != nil {
			got = failure(err.Error())
		}
		if diff := cmp.Diff(args(tt.want)[0], got, equalDoubles()); diff != "" {
			t.Errorf("%s(%q) (-want +got):\n%s", tt.name, tt.args, diff)
		}
	}
}
