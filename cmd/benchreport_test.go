//go:build unix

package cmd_test

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"
)

// targets returns upper limits of the figures: with klauspost's gunzip and with td's, or one
// for both.
func targets() map[string][]float64 {
	return map[string][]float64{
		"realistic, csv to /dev/null: wall / curl | gzip":         {0.42},
		"realistic, csv to /dev/null: cpu / curl | gzip":          {0.70},
		"realistic, csv to a file: wall / curl | gzip":            {0.50},
		"realistic, csv, inflate: cpu / gzip":                     {0.45},
		"realistic, csv, encoder: cpu / gzip":                     {0.20},
		"very compressible, csv to /dev/null: wall / curl | gzip": {0.65},
		"very compressible, csv to /dev/null: cpu / curl | gzip":  {1},
		"very compressible, csv to a file: wall / curl | gzip":    {0.85},

		"set a, csv: wall / curl | gzip":               {0.95, 0.60},
		"set a, csv: cpu / curl | gzip":                {1.20, 0.80},
		"set a, csv: wall / msgpack2json":              {0.80, 0.50},
		"set a, json: wall / curl | gzip":              {1.00, 0.65},
		"set b, csv: cpu / curl | gzip":                {1.80, 1.30},
		"set a, table: wall / csv":                     {3},
		"set a, table: peak memory, MB":                {32},
		"set a of 10 rows, csv: peak memory, MB":       {32},
		"set a of 5M rows, csv: peak memory, MB":       {24},
		"set a of 5M rows, csv: garbage collections":   {2},
		"1M JSON lines, table:import: wall / gzip -6":  {2},
		"1M JSON lines, table:import: peak memory, MB": {128},
		"--version: wall / curl --version":             {0.6},
		"--version: cpu / curl --version":              {0.6},
		"--version: wall, ms":                          {10},
		"completion of flags: wall, ms":                {5},
		"stripped binary, MB":                          {32},
	}
}

// A figure is a result: with klauspost's gunzip and with td's, or one for both.
type figure struct {
	name   string
	values []float64
}

type figures []figure

func (f *figures) add(name string, values ...float64) { *f = append(*f, figure{name, values}) }

// print writes the figures as a table, with the share of the machine that other processes
// used.
func (f figures) print(w io.Writer, others float64) {
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
	t.Flush()
	fmt.Fprintf(w, "on %d processors; others used %.0f %% of their time\n\n", runtime.NumCPU(), 100*others)
}

// A machine holds the times that its processors ran in total and for this process.
type machine struct {
	all, busy float64 // ticks; 0 if unknown
	ours      time.Duration
}

func lookAtMachine() machine {
	var m machine
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			m.ours += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	stat, _ := os.ReadFile("/proc/stat")
	line, _, _ := strings.Cut(string(stat), "\n")
	for i, field := range strings.Fields(line) {
		ticks, err := strconv.ParseFloat(field, 64)
		if err != nil || i > 8 { // the name; the time of guests is included in the user time
			continue
		}
		m.all += ticks
		if i != 4 && i != 5 { // neither idle nor waiting for a disk
			m.busy += ticks
		}
	}
	return m
}

// others returns the share of the machine that other processes used since before.
func (m machine) others(before machine) float64 {
	const tick = 10 * time.Millisecond
	all := m.all - before.all
	if all == 0 {
		return 0
	}
	return max(0, m.busy-before.busy-float64((m.ours-before.ours)/tick)) / all
}
