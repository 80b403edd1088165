package complete

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/text"
)

const (
	retryDelay       = 10 * time.Second   // pause after a failed request
	accountMaxAge    = 7 * 24 * time.Hour // unused accounts are removed after it
	maxListBytes     = 16 << 20
	descriptionCells = 80
)

// cacheDir returns the directory of all caches: $XDG_CACHE_HOME/td or ~/.td/cache. It
// returns "" if there is no home directory.
func cacheDir(getenv func(string) string) string {
	if dir := getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "td")
	}
	home := config.HomeDir(getenv)
	if home == "" {
		return ""
	}
	return filepath.Join(home, ".td", "cache")
}

// A cache keeps lists of the names in one account, so that completion does not always
// wait for the server. It never fails: a list that cannot be stored is requested again.
//
// Each account has a directory, named after a hash of its settings, with a file for each
// list. A file has a candidate per line, with its description after a tab. Its
// modification time is the time of the request.
type cache struct{ root, dir string }

// openCache returns the cache of an account. Its endpoint, API key and similar settings
// identify it. It creates no files. If root is "", nothing is stored.
func openCache(root string, account ...string) cache {
	if root == "" {
		return cache{}
	}
	sum := sha256.Sum256([]byte(strings.Join(account, "\n")))
	return cache{root, filepath.Join(root, hex.EncodeToString(sum[:16]))}
}

// get returns the stored list if it is younger than life, and otherwise the one that fetch
// returns. If fetch fails or takes too long, get returns the stored list and does not call
// fetch again for retryDelay.
func (c cache) get(ctx context.Context, list string, life time.Duration, fetch func(context.Context) ([]candidate, error)) []candidate {
	old, age, ok := c.read(list)
	if ok && age < life {
		return old
	}
	now := time.Now()
	if deadline, ok := ctx.Deadline(); ok && len(old) > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, deadline.Sub(now)/3) // the old list is better than none
		defer cancel()
	}
	fresh, err := fetch(ctx)
	if err != nil {
		c.write(list, old, now.Add(min(retryDelay, life)-life))
		return old
	}
	fresh = sanitize(fresh)
	c.write(list, fresh, now)
	return fresh
}

// forget removes the lists of the account, except for the sizes of tables.
func (c cache) forget() {
	if c.dir == "" {
		return
	}
	files, _ := os.ReadDir(c.dir) // may not exist
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), sizesList+"-") {
			_ = os.RemoveAll(filepath.Join(c.dir, f.Name())) // remaining files expire
		}
	}
}

// path returns the file of a list. Its name may contain text that a user typed.
func (c cache) path(list string) string {
	kind, rest, _ := strings.Cut(list, " ")
	if rest == "" {
		return filepath.Join(c.dir, kind)
	}
	sum := sha256.Sum256([]byte(rest))
	return filepath.Join(c.dir, kind+"-"+hex.EncodeToString(sum[:8]))
}

func (c cache) read(list string) (l []candidate, age time.Duration, ok bool) {
	if c.dir == "" {
		return nil, 0, false
	}
	path := c.path(list)
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxListBytes {
		return nil, 0, false
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, false
	}
	for line := range strings.Lines(string(b)) {
		name, description, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		l = append(l, candidate{name, description})
	}
	age = time.Since(info.ModTime())
	return sanitize(l), age, age >= 0 // another program may have written the file
}

// write stores a list that was current at a time.
func (c cache) write(list string, l []candidate, at time.Time) {
	if c.dir == "" {
		return
	}
	if _, err := os.Stat(c.dir); err != nil {
		c.removeOldAccounts()
	}
	if os.MkdirAll(c.dir, 0o700) != nil {
		return
	}
	var b bytes.Buffer
	for _, n := range l {
		b.WriteString(n.text + "\t" + n.description + "\n")
	}
	_ = atomicfile.WriteFile(c.path(list), b.Bytes(), atomicfile.Options{Private: true, ModTime: at}) // requested again
}

// removeOldAccounts removes the directories of accounts that were not used recently.
func (c cache) removeOldAccounts() {
	dirs, _ := os.ReadDir(c.root) // may not exist yet
	for _, d := range dirs {
		if info, err := d.Info(); err == nil && d.IsDir() && len(d.Name()) == 32 && time.Since(info.ModTime()) > accountMaxAge {
			_ = os.RemoveAll(filepath.Join(c.root, d.Name())) // retried for the next account
		}
	}
}

// sanitize drops candidates with characters that a terminal would interpret, and makes the
// descriptions safe and short.
func sanitize(l []candidate) []candidate {
	var out []candidate
	for _, c := range l {
		if c.text == "" || !utf8.ValidString(c.text) || strings.ContainsFunc(c.text, text.IsUnsafe) {
			continue
		}
		description := text.Truncate(strings.Join(strings.Fields(c.description), " "), descriptionCells)
		out = append(out, candidate{c.text, description})
	}
	return out
}
