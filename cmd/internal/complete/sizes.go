package complete

import (
	"fmt"
	"slices"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// sizesList is the start of the names of the lists of sizes, one for each database. They survive changes, because their
// order of magnitude seldom changes.
const sizesList = "sizes"

// sizesMaxAge is the age from which sizes are unknown.
const sizesMaxAge = 30 * 24 * time.Hour

// A Size is the size of a table when the tables of its database were listed.
type Size struct {
	Rows    int64
	Columns int // includes the column time
}

// RememberSizes stores the sizes of all tables of a database in the cache.
func RememberSizes(e *cli.Env, database string, tables []api.Table) {
	c, ok := openAccountCache(e)
	if !ok {
		return
	}
	list, _ := convert(tables, nil, func(t api.Table) candidate {
		columns := len(t.Schema)
		if !slices.ContainsFunc(t.Schema, func(c api.Column) bool { return c.Name == "time" }) {
			columns++
		}
		return candidate{t.Name, fmt.Sprint(t.Count, columns)}
	})
	c.write(sizesList+" "+database, list, time.Now())
}

// Sizes returns a function that returns the size of a table if the cache has it. It sends no request.
func Sizes(e *cli.Env) func(database, table string) (Size, bool) {
	databases := map[string]map[string]Size{}
	return func(database, table string) (Size, bool) {
		sizes, ok := databases[database]
		if !ok {
			sizes = readSizes(e, database)
			databases[database] = sizes
		}
		s, ok := sizes[table]
		return s, ok
	}
}

// readSizes returns the stored sizes of the tables of a database.
func readSizes(e *cli.Env, database string) map[string]Size {
	c, ok := openAccountCache(e)
	if !ok {
		return nil
	}
	list, age, ok := c.read(sizesList + " " + database)
	if !ok || age > sizesMaxAge {
		return nil
	}
	sizes := map[string]Size{}
	for _, entry := range list {
		var s Size
		if _, err := fmt.Sscan(entry.description, &s.Rows, &s.Columns); err == nil { // another version may have written it
			sizes[entry.text] = s
		}
	}
	return sizes
}
