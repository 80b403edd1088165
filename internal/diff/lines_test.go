package diff

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnified(t *testing.T) {
	numbers := func(n int, replaced ...int) string {
		var b strings.Builder
		for i := 1; i <= n; i++ {
			line := fmt.Sprint(i)
			for _, r := range replaced {
				if r == i {
					line += "x"
				}
			}
			b.WriteString(line + "\n")
		}
		return b.String()
	}
	for _, tt := range []struct{ name, a, b, want string }{
		{"equal", "a\nb", "a\nb\n", ""},
		{"line breaks", "a\r\nb", "a\nb", ""},
		{"both empty", "", "\n", ""},
		{"one line", "SELECT 1", "SELECT 2", "--- A\n+++ B\n@@ -1 +1 @@\n-SELECT 1\n+SELECT 2\n"},
		{"empty first", "", "a\nb\n", "--- A\n+++ B\n@@ -0,0 +1,2 @@\n+a\n+b\n"},
		{"empty second", "a\n", "", "--- A\n+++ B\n@@ -1 +0,0 @@\n-a\n"},
		{"moved", "a\nb\nc\n", "c\na\nb\n", "--- A\n+++ B\n@@ -1,3 +1,3 @@\n+c\n a\n b\n-c\n"},
		{"context", numbers(9), numbers(9, 5), "--- A\n+++ B\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+5x\n 6\n 7\n 8\n"},
		{
			"two hunks", numbers(20), numbers(20, 3, 12),
			"--- A\n+++ B\n@@ -1,6 +1,6 @@\n 1\n 2\n-3\n+3x\n 4\n 5\n 6\n@@ -9,7 +9,7 @@\n 9\n 10\n 11\n-12\n+12x\n 13\n 14\n 15\n",
		},
		{
			"close changes", numbers(12), numbers(12, 3, 9),
			"--- A\n+++ B\n@@ -1,12 +1,12 @@\n 1\n 2\n-3\n+3x\n 4\n 5\n 6\n 7\n 8\n-9\n+9x\n 10\n 11\n 12\n",
		},
	} {
		if diff := cmp.Diff(tt.want, Unified("A", "B", tt.a, tt.b)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// TestEditLines checks that the edits of random texts lead to both of them, and that long texts are compared, too.
func TestEditLines(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for round := range 300 {
		var texts [2][]string
		for i := range texts {
			for range random.IntN(12) {
				texts[i] = append(texts[i], string(rune('a'+random.IntN(4))))
			}
		}
		if round == 0 {
			for i := range texts {
				for range 5000 {
					texts[i] = append(texts[i], fmt.Sprint(random.IntN(3)))
				}
			}
		}
		var got [2][]string
		for _, e := range editLines(texts[0], texts[1]) {
			if e.kind != '+' {
				got[0] = append(got[0], e.line)
			}
			if e.kind != '-' {
				got[1] = append(got[1], e.line)
			}
		}
		if diff := cmp.Diff(texts, got); diff != "" {
			t.Fatal(diff)
		}
	}
}
