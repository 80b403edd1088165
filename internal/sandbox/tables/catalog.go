// Package tables implements the API's database/* and table/* endpoints, and the
// reading and writing of records for other endpoints.
package tables

import (
	"context"
	"errors"
	"net/http"

	"github.com/td-cli/td/internal/lazyregexp"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
)

// A Catalog looks up databases and tables. Its errors have the API's messages.
type Catalog struct{ engine engine.Engine }

// NewCatalog returns the catalog of an engine.
func NewCatalog(e engine.Engine) Catalog { return Catalog{e} }

// Database returns the database with the given name.
func (c Catalog) Database(ctx context.Context, name string) (engine.Database, error) {
	d, err := c.engine.Database(ctx, name)
	if errors.Is(err, engine.ErrNotFound) {
		return d, httpapi.Errorf(http.StatusNotFound, "Couldn't find UserDatabase with name = %s", name)
	}
	return d, err
}

// Table returns a table of a database.
func (c Catalog) Table(ctx context.Context, database, name string) (engine.Table, error) {
	t, err := c.engine.Table(ctx, database, name)
	if !errors.Is(err, engine.ErrNotFound) {
		return t, err
	}
	if _, err := c.Database(ctx, database); err != nil {
		return t, err
	}
	return t, httpapi.Errorf(http.StatusNotFound, "Couldn't find UserTableReference with name = %s", name)
}

var namePattern = lazyregexp.New(`^[a-z0-9_]+$`)

// CheckName returns an error if name is not a valid name of a database or table.
func CheckName(name string) error {
	if n := len([]rune(name)); n < 3 || n > 255 {
		return httpapi.Errorf(http.StatusBadRequest, "Name must be 3 to 256 characters, got %d characters. name = '%s'", n, name)
	}
	if !namePattern().MatchString(name) {
		return httpapi.Errorf(http.StatusBadRequest, "Name must consist only of lower-case alphabets, numbers, and '_'. name = '%s'", name)
	}
	return nil
}

// wrapExists replaces [engine.ErrExists] by the API's error for a name in use.
func wrapExists(err error, format, name string) error {
	if errors.Is(err, engine.ErrExists) {
		return httpapi.Errorf(http.StatusConflict, format, name)
	}
	return err
}
