package tables

import (
	"hash/crc32"
	"strconv"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
)

func (h *Handlers) listDatabases(r *httpapi.Request) (any, error) {
	databases, err := h.engine.Databases(r.Context())
	if err != nil {
		return nil, err
	}
	list := []httpapi.Object{}
	for _, d := range databases {
		o := databaseObject(d)
		if r.Param("require_permissions") == "true" {
			o["database_permissions"] = httpapi.Object{"edit": true, "delete": true, "query": true, "import": true, "download": true}
		}
		list = append(list, o)
	}
	return httpapi.Object{"databases": list}, nil
}

func (h *Handlers) showDatabase(r *httpapi.Request) (any, error) {
	d, err := h.catalog.Database(r.Context(), r.PathValue("db"))
	if err != nil {
		return nil, err
	}
	o := databaseObject(d)
	o["id"] = DatabaseID(d.Name)
	o["datatank"] = false
	return o, nil
}

func databaseObject(d engine.Database) httpapi.Object {
	return httpapi.Object{
		"name":             d.Name,
		"count":            d.Records,
		"created_at":       httpapi.FormatTime(d.CreatedAt),
		"updated_at":       httpapi.FormatTime(d.UpdatedAt),
		"organization":     nil,
		"permission":       "administrator",
		"delete_protected": false,
	}
}

// DatabaseID returns a number that identifies a database in responses. The engine
// identifies databases only by name, so it is derived from the name.
func DatabaseID(name string) string {
	return strconv.FormatUint(uint64(crc32.ChecksumIEEE([]byte(name))>>1), 10)
}

func (h *Handlers) createDatabase(r *httpapi.Request) (any, error) {
	name := r.PathValue("db")
	if err := CheckName(name); err != nil {
		return nil, err
	}
	err := h.engine.CreateDatabase(r.Context(), name)
	if err := wrapExists(err, "Database %s already exists", name); err != nil {
		return nil, err
	}
	return httpapi.Object{"database": name}, nil
}

func (h *Handlers) deleteDatabase(r *httpapi.Request) (any, error) {
	name := r.PathValue("db")
	if _, err := h.catalog.Database(r.Context(), name); err != nil {
		return nil, err
	}
	if err := h.engine.DropDatabase(r.Context(), name); err != nil {
		return nil, err
	}
	return httpapi.Object{"database": name}, nil
}
