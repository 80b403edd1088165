package recording

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/lockfile"
)

// A NotRecordedError reports a request for which a recording has no response.
type NotRecordedError struct {
	Dir     string // directory of the recording
	Request string // method, path and query
	Reason  string // how it differs from a recorded request; may be empty
}

func (e *NotRecordedError) Error() string {
	s := fmt.Sprintf("%s is not in the recording %s", e.Request, e.Dir)
	if e.Reason != "" {
		s += ": " + e.Reason
	}
	return s
}

// A Player answers the requests of one run of a command from a recording. It plays the next run of the same command
// that has these requests: which runs were played is kept in a file, so that the commands of a script, each a process,
// get the responses in their order. After the last one, it starts again with the first. It is safe for concurrent use.
type Player struct {
	dir     string
	command string
	state   string // directory of the position and the job history
	id      string // identifies the recording
	secrets []string
	now     time.Time

	mu      sync.Mutex
	keys    []string // keys of the requests so far
	current *run     // nil before the first request
	before  int      // number of the run that was played before current
}

// NewPlayer returns a Player for a run of a command. A subdirectory of states keeps the position in the recording.
func NewPlayer(ctx context.Context, dir, command, states string, secrets []string) (*Player, error) {
	m, err := readMarker(dir)
	if err != nil {
		return nil, err
	}
	path, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	name := sha256.Sum256([]byte(path))
	p := &Player{dir: dir, command: command, state: filepath.Join(states, hex.EncodeToString(name[:8])), id: m.ID, secrets: longSecrets(secrets)}
	return p, p.withPosition(ctx, func(pos *position, runs []*run) error {
		if !slices.ContainsFunc(runs, func(r *run) bool { return r.number > pos.Last && !r.isEmpty() }) {
			*pos = position{Recording: m.ID}
		}
		own := slices.DeleteFunc(slices.Clone(runs), func(r *run) bool { return r.name != dirName(command) || r.isEmpty() })
		if len(own) > 0 {
			p.now = pos.next(runs, own).time()
		}
		if p.now.IsZero() {
			p.now = time.Now()
		}
		return nil
	})
}

// Now returns the time of the run that is expected to be played, so that requests with the current time are the same as
// the recorded ones.
func (p *Player) Now() time.Time { return p.now }

// HistoryDir returns the directory for the history of the jobs in the recording. It is emptied when the recording
// starts again.
func (p *Player) HistoryDir() string { return filepath.Join(p.state, "history") }

// withPosition calls change with the position and the recorded runs, and stores the changed position. Other processes
// wait.
func (p *Player) withPosition(ctx context.Context, change func(*position, []*run) error) error {
	if err := os.MkdirAll(p.state, 0o700); err != nil {
		return err
	}
	lock, err := lockfile.Wait(ctx, filepath.Join(p.state, "position.lock"))
	if err != nil {
		return err
	}
	defer func() { _ = lock.Release() }()
	runs, err := readRuns(p.dir)
	if err != nil {
		return err
	}
	pos := p.readPosition()
	if err := change(&pos, runs); err != nil {
		return err
	}
	first := slices.IndexFunc(runs, func(r *run) bool { return !r.isEmpty() })
	if pos.Last == 0 || first >= 0 && pos.Last == runs[first].number { // started again
		if err := os.RemoveAll(p.HistoryDir()); err != nil {
			return err
		}
	}
	return p.writePosition(pos)
}

// RoundTrip implements http.RoundTripper. It returns a [NotRecordedError] if there is no response.
func (p *Player) RoundTrip(req *http.Request) (*http.Response, error) {
	described, err := newRequest(req, p.secrets)
	if req.Body != nil {
		_ = req.Body.Close()
	}
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := described.key()
	p.keys = append(p.keys, key)
	if p.current == nil || p.current.find(key) == nil {
		if err := p.choose(req.Context(), described); err != nil {
			return nil, err
		}
	}
	return p.current.find(key).play(req)
}

// choose selects the run that answers all requests so far, of which the last one is r.
func (p *Player) choose(ctx context.Context, r request) error {
	return p.withPosition(ctx, func(pos *position, runs []*run) error {
		var candidates []*run
		for _, c := range runs {
			if c.name != dirName(p.command) {
				continue
			}
			if err := c.load(); err != nil {
				return err
			}
			if !slices.ContainsFunc(p.keys, func(key string) bool { return c.find(key) == nil }) {
				candidates = append(candidates, c)
			}
		}
		if len(candidates) == 0 {
			return notRecorded(p.dir, runs, r)
		}
		if p.current != nil && pos.Last == p.current.number {
			pos.Last = p.before
		}
		p.before = pos.Last
		p.current = pos.next(runs, candidates)
		pos.Last = p.current.number
		for _, key := range p.keys[:len(p.keys)-1] { // answered from another run
			p.current.find(key).played = true
		}
		return nil
	})
}

// notRecorded returns the error for a request that no run has.
func notRecorded(dir string, runs []*run, r request) error {
	e := &NotRecordedError{Dir: dir, Request: r.String()}
	for _, run := range runs {
		for _, x := range run.exchanges { // none for another command
			if x.Request.Method == r.Method && x.Request.Path == r.Path && x.key != r.key() {
				e.Reason = r.difference(x.Request)
				return e
			}
		}
	}
	return e
}

// A position states which run of a recording was played last.
type position struct {
	Recording string `json:"recording"`
	Last      int    `json:"last"` // number of the run; 0 if none was played
}

func (p *Player) positionFile() string { return filepath.Join(p.state, "position.json") }

// readPosition returns the position. If it is missing or that of another recording, no run was played.
func (p *Player) readPosition() position {
	var pos position
	b, err := os.ReadFile(p.positionFile())
	if err != nil || json.Unmarshal(b, &pos) != nil || pos.Recording != p.id {
		return position{Recording: p.id}
	}
	return pos
}

func (p *Player) writePosition(pos position) error {
	b, err := json.Marshal(pos)
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(p.positionFile(), append(b, '\n'), atomicfile.Options{Mode: 0o600})
}

// next returns the first candidate after the last run that was played. If there is none, or if that would leave out
// runs although there is an earlier candidate, as when a script that failed is started again, it returns the first
// candidate.
func (p position) next(runs, candidates []*run) *run {
	i := slices.IndexFunc(candidates, func(c *run) bool { return c.number > p.Last })
	if i > 0 && slices.ContainsFunc(runs, func(r *run) bool {
		return p.Last < r.number && r.number < candidates[i].number && !r.isEmpty()
	}) {
		i = 0
	}
	return candidates[max(i, 0)]
}

// play returns the response of the exchange.
func (x *recordedExchange) play(req *http.Request) (*http.Response, error) {
	resp := &http.Response{
		StatusCode: x.Response.Status, Status: strconv.Itoa(x.Response.Status) + " " + http.StatusText(x.Response.Status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: x.Response.Header.Clone(), Body: http.NoBody, Request: req,
	}
	if resp.Header == nil {
		resp.Header = http.Header{}
	}
	x.played = true
	length := resp.Header.Get("Content-Length")
	if x.Response.Body != "" {
		f, err := os.Open(filepath.Join(x.dir, x.Response.Body))
		if err != nil {
			return nil, err
		}
		info, err := f.Stat()
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		resp.Body, length = f, cmp.Or(length, strconv.FormatInt(info.Size(), 10))
	}
	if x.Response.Incomplete {
		resp.Body = incompleteBody{resp.Body}
	}
	n, err := strconv.ParseInt(length, 10, 64)
	if err != nil {
		n = -1
		if resp.Body == http.NoBody {
			n = 0
		}
	}
	resp.ContentLength = n
	return resp, nil
}

// An incompleteBody ends like a broken connection.
type incompleteBody struct{ io.ReadCloser }

// Read implements io.Reader.
func (b incompleteBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
