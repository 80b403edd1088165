// Package names tells what things of an account are called, for the TAB key: it asks the
// service, and keeps the answers for a short while in files that only their owner reads.
// It knows neither commands nor shells, and it never fails: what it cannot learn it
// leaves out.
package names

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/td-cli/td/internal/atomicfile"
	"github.com/td-cli/td/internal/text"
)

// A Name is what something is called, and a few words on it, which may be empty.
type Name struct{ Text, About string }

// Below the cache's folder each account has a folder of its own, called by a hash, and in
// it is a file for each list: a line a name, a tab before the words on it. A file's time
// of change is when the service was asked.

const (
	staleWait = 300 * time.Millisecond // how long to wait for news when there are old names
	retryWait = 10 * time.Second       // how long not to ask again after a failure
	unused    = 7 * 24 * time.Hour     // how long an account's folder is kept that nobody asks for
	mostBytes = 16 << 20               // of a list, which is far more than a person reads
	perFolder = 0o700
)

// Dir is where caches are kept: $XDG_CACHE_HOME/td, or ~/.td/cache. It is "" when there
// is no home directory.
func Dir(getenv func(string) string) string {
	if dir := getenv("XDG_CACHE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "td")
	}
	home := cmp.Or(getenv("HOME"), getenv("USERPROFILE"))
	if home == "" {
		return ""
	}
	return filepath.Join(home, ".td", "cache")
}

// A Cache keeps the names of one account.
type Cache struct{ root, dir string }

// Open returns the cache below root of the account that the words tell from all others:
// endpoint, API key and the like, none of which can be read from it. It makes nothing
// yet. With the root "" nothing is kept.
func Open(root string, account ...string) Cache {
	if root == "" {
		return Cache{}
	}
	sum := sha256.Sum256([]byte(strings.Join(account, "\n")))
	return Cache{root, filepath.Join(root, hex.EncodeToString(sum[:16]))}
}

// Get returns the list of that name: the kept one while it is younger than life, else
// what fetch brings. When that fails, or takes its time, the old list must do, and the
// service is left alone for some seconds.
func (c Cache) Get(ctx context.Context, list string, life time.Duration, fetch func(context.Context) ([]Name, error)) []Name {
	old, age, kept := c.read(list)
	if kept && age < life {
		return old
	}
	if len(old) > 0 {
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, staleWait)
		defer cancel()
	}
	now := time.Now()
	fresh, err := fetch(ctx)
	if err != nil {
		c.write(list, old, now.Add(min(retryWait, life)-life))
		return old
	}
	fresh = clean(fresh)
	c.write(list, fresh, now)
	return fresh
}

// Forget removes what is kept of the account.
func (c Cache) Forget() {
	if c.dir != "" {
		_ = os.RemoveAll(c.dir) // what stays is soon too old
	}
}

// path is the file of a list, whose name may hold what a user typed.
func (c Cache) path(list string) string {
	kind, rest, _ := strings.Cut(list, " ")
	if rest == "" {
		return filepath.Join(c.dir, kind)
	}
	sum := sha256.Sum256([]byte(rest))
	return filepath.Join(c.dir, kind+"-"+hex.EncodeToString(sum[:8]))
}

func (c Cache) read(list string) (kept []Name, age time.Duration, ok bool) {
	if c.dir == "" {
		return nil, 0, false
	}
	f, err := os.Open(c.path(list))
	if err != nil {
		return nil, 0, false
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, 0, false
	}
	lines := bufio.NewScanner(io.LimitReader(f, mostBytes))
	for lines.Scan() {
		text, about, _ := strings.Cut(lines.Text(), "\t")
		kept = append(kept, Name{text, about})
	}
	age = time.Since(info.ModTime())
	kept = clean(kept) // somebody else may have written it
	return kept, age, lines.Err() == nil && age >= 0
}

// write keeps a list as of a time. What cannot be kept is asked for again.
func (c Cache) write(list string, l []Name, at time.Time) {
	if c.dir == "" {
		return
	}
	if _, err := os.Stat(c.dir); err != nil {
		c.sweep()
	}
	if os.MkdirAll(c.dir, perFolder) != nil {
		return
	}
	var b bytes.Buffer
	for _, n := range l {
		b.WriteString(n.Text + "\t" + n.About + "\n")
	}
	_ = atomicfile.WriteFile(c.path(list), b.Bytes(), atomicfile.Options{Private: true, ModTime: at})
}

// sweep removes the folders of accounts that nobody has asked for in a while.
func (c Cache) sweep() {
	folders, _ := os.ReadDir(c.root) // none: nothing to sweep
	for _, f := range folders {
		if info, err := f.Info(); err == nil && f.IsDir() && len(f.Name()) == 32 && time.Since(info.ModTime()) > unused {
			_ = os.RemoveAll(filepath.Join(c.root, f.Name())) // the next one tries again
		}
	}
}

// clean drops names that no line can hold, and makes the words on the others fit for a
// terminal.
func clean(l []Name) []Name {
	var out []Name
	for _, n := range l {
		if n.Text == "" || !utf8.ValidString(n.Text) || strings.ContainsFunc(n.Text, text.IsUnsafe) {
			continue
		}
		out = append(out, Name{n.Text, brief(n.About)})
	}
	return out
}

// brief cuts s to what fits beside a name.
func brief(s string) string {
	const cells = 80
	return text.Truncate(strings.Join(strings.Fields(s), " "), cells)
}
