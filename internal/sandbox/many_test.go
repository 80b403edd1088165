package sandbox_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/td-cli/td/internal/sandbox"
)

// TestManyClients sends concurrent requests to two servers on the same directory. No
// request may fail, and no record may be lost.
func TestManyClients(t *testing.T) {
	t.Parallel()
	first := start(t, sandbox.Options{})
	second := start(t, sandbox.Options{Dir: first.dir})
	first.must(first.post("/v3/table/create/sample_datasets/t_1/log"))
	first.must(first.post("/v3/table/create/sample_datasets/t_2/log"))
	const clients, rounds = 4, 4
	var wg sync.WaitGroup
	for i := range clients {
		s := first
		if i%2 == 1 {
			s = second
		}
		wg.Go(func() {
			for round := range rounds {
				own := fmt.Sprintf("own_%d_%d", i, round)
				body := records(t, map[string]any{"time": 1, "n": i})
				list := []response{
					s.send("PUT", "/v3/table/import/sample_datasets/t_1/msgpack.gz", body),
					s.post("/v3/table/create/sample_datasets/" + own + "/log"),
					s.get("/v3/table/list/sample_datasets"),
					s.post("/v3/job/issue/presto/sample_datasets", "query", "SELECT count(*) FROM t_1"),
					s.get("/v3/job/list"),
					s.post("/v3/table/delete/sample_datasets/" + own),
					s.post("/v3/result/create/"+own, "url", "x"),
					s.get("/v3/result/list"),
				}
				for _, a := range list {
					if a.status != 200 {
						t.Errorf("client %d, round %d: status %d: %s", i, round, a.status, a.body)
					}
				}
			}
		})
	}
	wg.Wait()
	first.waitJob("1")
	second.waitJob("1")
	if got, want := first.query("presto", "SELECT count(*) FROM t_1"), fmt.Sprintf("[%d]\n", clients*rounds); got != want {
		t.Errorf("rows %s; want %s", got, want)
	}
	if n := first.get("/v3/job/list?status=success&to=1000").text(t, "count"); n != fmt.Sprint(clients*rounds+1) {
		t.Errorf("%s jobs were successful; want %d", n, clients*rounds+1)
	}
}
