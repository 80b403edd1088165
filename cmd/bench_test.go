//go:build unix

package cmd_test

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// The benchmarks compare a stripped td, which downloads from a server on the loopback and
// writes a file, with curl and gzip, which discard the data. The commands take turns, so
// that the load of the machine affects them equally. The result is the median of the ratios
// of each round. CPU time is steadier than wall time on a busy machine; the table shows how
// much of the machine other processes used.

// rounds is the number of runs of each command.
const rounds = 5

// BenchmarkEndToEnd prints a table of the results and the targets.
func BenchmarkEndToEnd(b *testing.B) {
	l := newLab(b)
	before := lookAtMachine()
	for _, id := range []string{"1", "2", "3"} {
		for _, format := range []string{"csv", "json"} {
			b.Run(l.sets[id].name+"/"+format, func(b *testing.B) { l.compare(b, id, format) })
		}
	}
	b.Run("a/table", l.tables)
	for _, format := range []string{"csv", "table"} {
		for _, id := range []string{"4", "1", "2", "3", "5"} {
			b.Run("memory/"+format+"/"+l.sets[id].name, func(b *testing.B) { l.memory(b, id, format) })
		}
	}
	l.figures.print(os.Stdout, lookAtMachine().others(before))
}

// A lab holds the data and the server of the benchmarks.
type lab struct {
	dir     string // contains the sets and the output of td
	td      string // path of the binary
	url     string // address of the server
	sets    map[string]*benchSet
	figures figures
}

func newLab(b *testing.B) *lab {
	b.Helper()
	for _, tool := range []string{"go", "sh", "curl", "gzip"} {
		if _, err := exec.LookPath(tool); err != nil {
			b.Skipf("td is compared with curl and gzip: %v", err)
		}
	}
	l := &lab{dir: b.TempDir(), sets: benchSets()}
	l.td = filepath.Join(l.dir, "td")
	build := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", l.td, "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	srv := httptest.NewServer(resultServer(l.sets))
	b.Cleanup(srv.Close)
	l.url = srv.URL
	return l
}

// set generates a set if necessary and returns it.
func (l *lab) set(b *testing.B, id string) *benchSet {
	b.Helper()
	set := l.sets[id]
	set.generate(b, l.dir)
	return set
}

// A contender is a command that is measured.
type contender struct {
	name string
	env  []string
	args []string
	out  string // file to remove after a run
}

// spent is the cost of a run.
type spent struct{ wall, cpu time.Duration }

// deliver returns the contender that writes a job's rows to a file with td.
func (l *lab) deliver(id, format, lib string) contender {
	out := filepath.Join(l.dir, "out."+format)
	return contender{
		name: lib, out: out, env: []string{"TD_GUNZIP=" + lib},
		args: []string{l.td, "job:result", id, "-f", format, "-o", out},
	}
}

// unpack returns the contender that downloads with curl and decompresses with gzip.
func (l *lab) unpack(id string) contender {
	return contender{name: "curl | gzip", args: l.shell(id, "gzip -dc >/dev/null")}
}

func (l *lab) shell(id, pipe string) []string {
	return []string{"sh", "-c", fmt.Sprintf("curl -sf -H 'AUTHORIZATION: TD1 1/bench' %s/v3/job/result/%s?format=msgpack.gz | %s", l.url, id, pipe)}
}

// command returns the command of a contender and the buffer of its standard error.
func (l *lab) command(b *testing.B, c contender) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.CommandContext(b.Context(), c.args[0], c.args[1:]...)
	cmd.Env = append([]string{
		"HOME=" + l.dir, "PATH=" + os.Getenv("PATH"), "TD_API_SERVER=" + l.url, "TD_API_KEY=1/bench",
	}, c.env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	return cmd, &stderr
}

// done checks that a contender succeeded and removes its file.
func (c contender) done(b *testing.B, err error, stderr *bytes.Buffer) {
	b.Helper()
	if err != nil {
		b.Fatalf("%q: %v\n%s", c.args, err, stderr)
	}
	if c.out == "" {
		return
	}
	if err := os.Remove(c.out); err != nil {
		b.Fatal(err)
	}
}

// run runs a contender.
func (l *lab) run(b *testing.B, c contender) spent {
	b.Helper()
	cmd, stderr := l.command(b, c)
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	c.done(b, err, stderr)
	return spent{wall, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
}

// race runs the contenders in turn and returns the costs of all runs of each.
func (l *lab) race(b *testing.B, rounds int, all ...contender) map[string][]spent {
	b.Helper()
	took := map[string][]spent{}
	for b.Loop() {
		for i := range rounds {
			l.round(b, i, took, all)
		}
	}
	return took
}

// round runs the contenders once and adds the costs to took.
func (l *lab) round(b *testing.B, number int, took map[string][]spent, all []contender) {
	b.Helper()
	for i := range all {
		c := all[(number+i)%len(all)] // vary the predecessor: the disk is busy after a writer
		took[c.name] = append(took[c.name], l.run(b, c))
	}
}

func wall(s spent) float64 { return s.wall.Seconds() }
func cpu(s spent) float64  { return s.cpu.Seconds() }

// typical returns the median wall time of all runs, in seconds.
func typical(runs []spent) float64 {
	values := make([]float64, len(runs))
	for i, s := range runs {
		values[i] = wall(s)
	}
	return median(values)
}

// ratio returns the median of the ratios of a cost in the same round.
func ratio(runs, base []spent, of func(spent) float64) float64 {
	values := make([]float64, len(runs))
	for i, s := range runs {
		values[i] = of(s) / of(base[i])
	}
	return median(values)
}

func median(values []float64) float64 {
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}

// compare measures td with both implementations of gunzip against curl and gzip.
func (l *lab) compare(b *testing.B, id, format string) {
	set := l.set(b, id)
	base, klauspost, own := l.unpack(id), l.deliver(id, format, "klauspost"), l.deliver(id, format, "own")
	all := []contender{base, klauspost, own}
	_, err := exec.LookPath("msgpack2json")
	third := err == nil && set.name == "a" && format == "csv"
	if third {
		out := filepath.Join(l.dir, "out.msgpack2json")
		all = append(all, contender{name: "msgpack2json", args: l.shell(id, "gzip -dc | msgpack2json -c >"+out), out: out})
	}
	took := l.race(b, rounds, all...)
	title := fmt.Sprintf("set %s, %s: ", set.name, format)
	against := func(rival, what string, of func(spent) float64) {
		kp, mine := ratio(took["klauspost"], took[rival], of), ratio(took["own"], took[rival], of)
		l.figures.add(title+what+" / "+rival, kp, mine)
		if rival == base.name {
			b.ReportMetric(kp, "klauspost-x-"+what)
			b.ReportMetric(mine, "own-x-"+what)
		}
	}
	against(base.name, "wall", wall)
	against(base.name, "cpu", cpu)
	if third {
		against("msgpack2json", "wall", wall)
	}
	seconds := typical(took["own"])
	b.ReportMetric(seconds*1e9, "ns/op")
	b.ReportMetric(float64(set.total())/seconds, "rows/s")
	b.ReportMetric(float64(set.raw)/1e6/seconds, "MB/s")
}

// tables measures tables against csv.
func (l *lab) tables(b *testing.B) {
	l.set(b, "1")
	csv, table := l.deliver("1", "csv", ""), l.deliver("1", "table", "")
	csv.name, table.name = "csv", "table"
	took := l.race(b, rounds, csv, table)
	x := ratio(took["table"], took["csv"], wall)
	l.figures.add("set a, table: wall / csv", x)
	b.ReportMetric(typical(took["table"])*1e9, "ns/op")
	b.ReportMetric(x, "x-csv-wall")
}

// memory measures the peak memory of td and its garbage collections.
func (l *lab) memory(b *testing.B, id, format string) {
	set := l.set(b, id)
	td := l.deliver(id, format, "")
	td.env = append(td.env, "GODEBUG=gctrace=1")
	most, collections := 0.0, 0
	for b.Loop() {
		cmd, stderr := l.command(b, td)
		peak, err := watch(cmd)
		td.done(b, err, stderr)
		if peak == 0 {
			b.Skip("there is no /proc that tells of a process's memory")
		}
		most = max(most, peak)
		collections = max(collections, bytes.Count(stderr.Bytes(), []byte("gc ")))
	}
	title := fmt.Sprintf("set %s, %s: ", set.name, format)
	l.figures.add(title+"peak memory, MB", most)
	l.figures.add(title+"garbage collections", float64(collections))
	b.ReportMetric(most, "peak-MB")
	b.ReportMetric(float64(collections), "collections")
}

// watch runs a command and returns the peak of its resident memory in MB, sampled while it
// runs, or 0 on systems without /proc. The figure in its exit status is no use: it is at
// least the memory of the process that started it.
func watch(cmd *exec.Cmd) (peak float64, err error) {
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error)
	go func() { ended <- cmd.Wait() }()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	status := fmt.Sprintf("/proc/%d/status", cmd.Process.Pid)
	for {
		select {
		case err := <-ended:
			return peak, err
		case <-look.C:
			text, _ := os.ReadFile(status) // empty when the process has ended
			if _, after, ok := bytes.Cut(text, []byte("VmHWM:")); ok {
				var kib float64
				if _, err := fmt.Sscan(string(after), &kib); err == nil {
					peak = kib * 1024 / 1e6
				}
			}
		}
	}
}

// version measures the start-up that every command pays, and a completion without names of
// the account.
func (l *lab) version(b *testing.B) {
	td := contender{name: "td", args: []string{l.td, "--version"}}
	complete := contender{name: "completion", args: []string{l.td, "__complete", "query", "-"}}
	curl := contender{name: "curl", args: []string{"curl", "--version"}}
	took := l.race(b, 40, td, complete, curl)
	x, seconds := ratio(took["td"], took["curl"], wall), typical(took["td"])
	l.figures.add("--version: wall / curl --version", x)
	l.figures.add("--version: cpu / curl --version", ratio(took["td"], took["curl"], cpu))
	l.figures.add("--version: wall, ms", seconds*1e3)
	l.figures.add("completion of flags: wall, ms", typical(took["completion"])*1e3)
	b.ReportMetric(seconds*1e9, "ns/op")
	b.ReportMetric(x, "x-curl")
	fi, err := os.Stat(l.td)
	if err != nil {
		b.Fatal(err)
	}
	l.figures.add("stripped binary, MB", float64(fi.Size())/1e6)
	b.ReportMetric(float64(fi.Size())/1e6, "binary-MB")
}
