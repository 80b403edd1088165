package tables

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
)

// listDeletedTables lists the tables that can be recovered, those with the highest
// IDs first. The parameter page_size limits their number. The next page is that with
// the parameter cursor_id of the response; it is null on the last page.
func (h *Handlers) listDeletedTables(r *httpapi.Request) (any, error) {
	pageSize, err := r.IntParam("page_size", 100, 1, 1000)
	if err != nil {
		return nil, err
	}
	cursor, err := r.IntParam("cursor_id", 0, 0, 1<<53)
	if err != nil {
		return nil, err
	}
	tables, err := h.engine.DeletedTables(r.Context())
	if err != nil {
		return nil, err
	}
	slices.SortFunc(tables, func(a, b engine.Table) int { return cmp.Compare(b.ID, a.ID) })
	list := []httpapi.Object{}
	for _, t := range tables {
		database := DatabaseID(t.DeletedDBName)
		if id := r.Param("database_id"); id != "" && id != database || cursor > 0 && t.ID >= int64(cursor) {
			continue
		}
		o := tableObject(t)
		o["database_id"] = json.Number(database)
		o["database_name"] = t.DeletedDBName
		o["deleted_at"] = httpapi.FormatTime(t.DeletedAt)
		list = append(list, o)
	}
	var next any
	if len(list) > pageSize {
		list = list[:pageSize]
		next = list[pageSize-1]["id"]
	}
	return httpapi.Object{"tables": list, "cursor_id": next}, nil
}

// recoverTable restores a deleted table under the parameter table_name, or under its
// old name.
func (h *Handlers) recoverTable(r *httpapi.Request) (any, error) {
	newName := r.Param("table_name")
	if newName != "" {
		if err := CheckName(newName); err != nil {
			return nil, err
		}
	}
	notFound := httpapi.Errorf(http.StatusNotFound, "Couldn't find UserTable with id = %s", r.PathValue("id"))
	id, ok := r.IDValue("id")
	if !ok {
		return nil, notFound
	}
	t, err := h.engine.RecoverTable(r.Context(), id, newName)
	if errors.Is(err, engine.ErrNotFound) {
		return nil, notFound
	}
	if errors.Is(err, engine.ErrExists) && newName == "" {
		return nil, httpapi.Errorf(http.StatusConflict, "Table already exists: name another one in 'table_name'")
	}
	if err := wrapExists(err, "Table %s already exists", newName); err != nil {
		return nil, err
	}
	return tableObject(t), nil
}
