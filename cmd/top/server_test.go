package top

import "testing"

func TestShortenProgress(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "",
		"RUNNING, 1 stage, 12 of 34 splits": "12 of 34 splits",
		"  1/20 splits done":                "1/20 splits",
		"RUNNING, 1 stage":                  "1 stage",
		"2026-01-02 03:04:05,006 Stage-1 map = 50%,  reduce = 12%": "Stage-1 map = 50%,  reduce = 12%",
		"fetched 5,000 rows": "fetched 5,000 rows",
	} {
		if got := shortenProgress(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
