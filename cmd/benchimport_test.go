//go:build unix

package cmd_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The benchmark compares td, which sends a file of JSON lines, some of them invalid, to a
// sandbox in another process, with gzip -6, which compresses the same file to /dev/null. The
// wall time includes that of the sandbox, the CPU time is only td's.

// importRounds is the number of runs of each command.
const importRounds = 3

const importLines, importBad = 1_000_000, 10

// BenchmarkImport prints a table of the results and the targets.
func BenchmarkImport(b *testing.B) {
	l := newLab(b)
	l.url = l.sandbox(b)
	before := lookAtMachine()
	b.Run("json", l.imports)
	l.figures.print(os.Stdout, lookAtMachine().others(before))
}

// sandbox serves a sandbox until the benchmark ends and returns its address.
func (l *lab) sandbox(b *testing.B) string {
	b.Helper()
	cmd := exec.Command(l.td, "sandbox:serve", "--listen", "127.0.0.1:0", "--apikey", "1/bench", "--dir", filepath.Join(l.dir, "sandbox"))
	cmd.Env = []string{"HOME=" + l.dir, "PATH=" + os.Getenv("PATH")}
	stderr, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // fails if it has ended
		_ = cmd.Wait()
	})
	first, err := bufio.NewReader(stderr).ReadString('\n')
	m := listens.FindStringSubmatch(first)
	if err != nil || m == nil {
		b.Fatalf("the sandbox says %q, %v", first, err)
	}
	return m[1]
}

func (l *lab) imports(b *testing.B) {
	path := filepath.Join(l.dir, "lines.json")
	writeLines(b, path)
	gzip := contender{name: "gzip -6", args: []string{"gzip", "-6", "-c", path}}
	var walls, cpus []float64
	most, round := 0.0, 0
	for b.Loop() {
		for range importRounds {
			base := l.run(b, gzip)
			took, peak := l.importLines(b, fmt.Sprintf("round_%d", round), path)
			walls, cpus = append(walls, wall(took)/wall(base)), append(cpus, cpu(took)/cpu(base))
			most = max(most, peak)
			round++
		}
	}
	title := "1M JSON lines, table:import: "
	l.figures.add(title+"wall / gzip -6", median(walls))
	l.figures.add(title+"cpu / gzip -6", median(cpus))
	l.figures.add(title+"peak memory, MB", most)
	b.ReportMetric(median(walls), "x-gzip-wall")
	b.ReportMetric(median(cpus), "x-gzip-cpu")
	b.ReportMetric(most, "peak-MB")
}

// importLines imports the file into a new table and checks that it has all valid records.
func (l *lab) importLines(b *testing.B, table, path string) (took spent, peak float64) {
	b.Helper()
	l.run(b, contender{args: []string{l.td, "table:create", "sample_datasets", table}})
	c := contender{args: []string{l.td, "table:import", "sample_datasets", table, "--json", path}}
	cmd, stderr := l.command(b, c)
	start := time.Now()
	peak, err := watch(cmd)
	took.wall = time.Since(start)
	c.done(b, err, stderr)
	took.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if n := strings.Count(stderr.String(), "  skipped: "+path+":"); n != importBad {
		b.Fatalf("%d bad lines are named, want %d:\n%s", n, importBad, stderr)
	}
	cmd, stderr = l.command(b, contender{args: []string{
		l.td, "query", "-w", "-f", "csv", "-T", "trino", "-d", "sample_datasets", "SELECT COUNT(1) FROM " + table,
	}})
	out, err := cmd.Output()
	if want := fmt.Sprintf("%d\n", importLines-importBad); err != nil || !bytes.HasSuffix(out, []byte(want)) {
		b.Fatalf("the table has %q records, want %q: %v\n%s", out, want, err, stderr)
	}
	return took, peak
}

// writeLines writes lines of about 200 bytes like those of a web server's log.
func writeLines(b *testing.B, path string) {
	b.Helper()
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	w, r := bufio.NewWriter(f), rand.New(rand.NewPCG(3, 4))
	agents := []string{"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X)", "curl/8.5.0"}
	for i := range importLines {
		if i%(importLines/importBad) == 17 {
			fmt.Fprintln(w, `{"time":`)
			continue
		}
		fmt.Fprintf(w, `{"time":%d,"host":"%d.%d.%d.%d","user":"u%d","method":"GET","path":"/item/books/%d","code":%d,"size":%d,"referer":"https://www.example.com/?q=%d","agent":%q}`+"\n",
			1_767_312_000+i/12, r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(9000), r.IntN(5000), 200+r.IntN(2)*204, r.IntN(40000), r.IntN(999), agents[r.IntN(len(agents))])
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
}
