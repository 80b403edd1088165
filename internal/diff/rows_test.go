package diff

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// compare compares two texts of rows and returns the changes in the form "a>b" and the summary.
func compare(t *testing.T, keys []int, memory int, a, b string) (changes []string, total Summary, err error) {
	t.Helper()
	var sets [2]*Rows
	for i, text := range []string{a, b} {
		sets[i] = NewRows(keys)
		sets[i].memory = memory
		for rest := text; rest != ""; { // in small pieces
			n := min(len(rest), 5)
			if _, err := sets[i].Write([]byte(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		defer func() {
			if err := sets[i].Close(); err != nil {
				t.Error(err)
			}
		}()
	}
	total, err = CompareRows(t.Context(), sets[0], sets[1], func(c RowChange) {
		switch {
		case c.InA && c.InB:
			changes = append(changes, c.A+" > "+c.B)
		case c.InA:
			changes = append(changes, "- "+c.A)
		case c.InB:
			changes = append(changes, "+ "+c.B)
		}
	})
	return changes, total, err
}

func TestCompareRows(t *testing.T) {
	for _, tt := range []struct {
		name  string
		keys  []int
		a, b  string
		want  []string
		total Summary
	}{
		{"equal", nil, "1\ta\n2\tb\n", "2\tb\n1\ta", nil, Summary{Same: 2}},
		{"both empty", nil, "", "", nil, Summary{}},
		{"rows that occur several times", nil, "a\na\na\nb\n", "a\nb\nb\n", []string{"- a", "- a", "+ b"}, Summary{Same: 2, OnlyA: 2, OnlyB: 1}},
		{"empty row", nil, "\n\n", "\n", []string{"- "}, Summary{Same: 1, OnlyA: 1}},
		{"key", []int{0}, "1\ta\n2\tb\n3\tc\n", "4\td\n3\tc\n2\tx\n", []string{"- 1\ta", "2\tb > 2\tx", "+ 4\td"}, Summary{Same: 1, Changed: 1, OnlyA: 1, OnlyB: 1}},
		{"key of two cells", []int{2, 0}, "1\ta\tx\n1\tb\ty\n", "1\tc\tx\n1\tb\ty\n", []string{"1\ta\tx > 1\tc\tx"}, Summary{Same: 1, Changed: 1}},
		{"no rows in the second", []int{0}, "1\ta\n", "", []string{"- 1\ta"}, Summary{OnlyA: 1}},
	} {
		for _, memory := range []int{1, 100, defaultMemory} {
			changes, total, err := compare(t, tt.keys, memory, tt.a, tt.b)
			if diff := cmp.Diff(tt.want, changes); diff != "" || total != tt.total || err != nil {
				t.Errorf("%s, memory %d: %+v, %v\n%s", tt.name, memory, total, err, diff)
			}
		}
	}
}

func TestDuplicateKeys(t *testing.T) {
	for _, tt := range []struct {
		name, a, b string
		inB        bool
	}{
		{"first", "1\ta\n1\tb\n", "1\ta\n", false},
		{"equal rows", "1\ta\n1\ta\n", "", false},
		{"second", "1\ta\n", "0\tx\n1\ta\n1\ta\n", true},
	} {
		_, _, err := compare(t, []int{0}, 1, tt.a, tt.b)
		duplicate, ok := errors.AsType[*DuplicateKeyError](err)
		if !ok || duplicate.Key != "1" || duplicate.InB != tt.inB {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// TestRandomRows compares random rows with a simple algorithm, with and without temporary files.
func TestRandomRows(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		var texts [2]string
		counts := map[string]int{}
		for i := range texts {
			for range random.IntN(200) {
				row := fmt.Sprintf("%d\t%s", random.IntN(40), strings.Repeat("x", random.IntN(3)))
				texts[i] += row + "\n"
				counts[row] += 1 - 2*i
			}
		}
		var want []string
		for row, n := range counts {
			for range max(n, -n) {
				want = append(want, map[bool]string{true: "- ", false: "+ "}[n > 0]+row)
			}
		}
		for _, memory := range []int{200, defaultMemory} {
			changes, _, err := compare(t, nil, memory, texts[0], texts[1])
			slices.Sort(changes)
			slices.Sort(want)
			if diff := cmp.Diff(want, changes); diff != "" || err != nil {
				t.Fatal(diff, err)
			}
		}
	}
}

// TestRowsMemory checks that memory does not grow with the rows, and that no temporary file remains.
func TestRowsMemory(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	var sets [2]*Rows
	const n = 200_000 // 20 MB
	for i := range sets {
		sets[i] = NewRows([]int{0})
		sets[i].memory = 1 << 20
		for row := range n {
			if _, err := fmt.Fprintf(sets[i], "%d\t%s\n", (row*7919)%n, strings.Repeat("x", 90+i*(row%2))); err != nil {
				t.Fatal(err)
			}
		}
	}
	if grown := int64(heap()) - int64(before); grown > 8<<20 {
		t.Errorf("the rows need %d bytes of memory", grown)
	}
	checked := 0
	total, err := CompareRows(t.Context(), sets[0], sets[1], func(RowChange) {
		if checked++; checked == n/4 {
			if grown := int64(heap()) - int64(before); grown > 12<<20 {
				t.Errorf("the comparison needs %d bytes of memory", grown)
			}
		}
	})
	if want := (Summary{Same: n / 2, Changed: n / 2}); total != want || err != nil {
		t.Errorf("%+v, %v", total, err)
	}
	for _, s := range sets {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestCompareRowsCanceled(t *testing.T) {
	a, b := NewRows(nil), NewRows(nil)
	fmt.Fprintln(a, "1")
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("stop")
	cancel(stop)
	if _, err := CompareRows(ctx, a, b, nil); !errors.Is(err, stop) {
		t.Error(err)
	}
}
