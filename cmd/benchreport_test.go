//go:build unix

package cmd_test

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// targets returns what is aimed at: at most these, with klauspost's gunzip and with our own.
// Where there is one, it is for td as it is.
func targets() map[string][]float64 {
	return map[string][]float64{
		"set a, csv: wall / curl | gzip":             {0.95, 0.60},
		"set a, csv: cpu / curl | gzip":              {1.20, 0.80},
		"set a, csv: wall / msgpack2json":            {0.80, 0.50},
		"set a, json: wall / curl | gzip":            {1.00, 0.65},
		"set b, csv: cpu / curl | gzip":              {1.80, 1.30},
		"set a, table: wall / csv":                   {3},
		"set a, table: peak memory, MB":              {32},
		"set a of 10 rows, csv: peak memory, MB":     {32},
		"set a of 5M rows, csv: peak memory, MB":     {24},
		"set a of 5M rows, csv: garbage collections": {2},
		"--version: wall / curl --version":           {0.7},
		"--version: wall, ms":                        {10},
		"stripped binary, MB":                        {14},
	}
}

// A figure is something that was measured: with klauspost's gunzip and with our own, or with
// td as it is.
type figure struct {
	name   string
	values []float64
}

type figures []figure

func (f *figures) add(name string, values ...float64) { *f = append(*f, figure{name, values}) }

// print writes the figures as a table.
func (f figures) print(w io.Writer) {
	if len(f) == 0 {
		return
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\nmedians\tklauspost\taim\tour own\taim\t")
	for _, one := range f {
		fmt.Fprintf(t, "%s\t", one.name)
		goals := targets()[one.name]
		if len(one.values) == 1 {
			fmt.Fprint(t, "\t\t")
		}
		missed := ""
		for i, v := range one.values {
			goal := ""
			if i < len(goals) {
				goal = fmt.Sprintf("<= %.4g", goals[i])
				if v > goals[i] {
					missed = "missed"
				}
			}
			fmt.Fprintf(t, "%.4g\t%s\t", v, goal)
		}
		fmt.Fprintln(t, missed)
	}
	fmt.Fprintln(t)
	t.Flush()
}
