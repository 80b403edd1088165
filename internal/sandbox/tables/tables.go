package tables

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
	"github.com/td-cli/td/internal/sandbox/state"
)

// Handlers implements the endpoints of databases and tables.
type Handlers struct {
	engine  engine.Engine
	catalog Catalog
	uploads *Uploads
	creates state.Collection[struct{}] // idempotent keys, see createTableOnce
	keyed   sync.Mutex                 // held while a table with an idempotent key is created
}

// New returns handlers for the tables of an engine. Idempotent keys are stored in db.
func New(e engine.Engine, db *state.DB, uploads *Uploads) *Handlers {
	return &Handlers{engine: e, catalog: NewCatalog(e), uploads: uploads, creates: state.Objects[struct{}](db, "table create")}
}

// Routes returns the endpoints.
func (h *Handlers) Routes() []httpapi.Route {
	return []httpapi.Route{
		{Pattern: "GET /v3/database/list", Handle: h.listDatabases},
		{Pattern: "GET /v3/database/show/{db}", Handle: h.showDatabase},
		{Pattern: "POST /v3/database/create/{db}", Handle: h.createDatabase},
		{Pattern: "POST /v3/database/delete/{db}", Handle: h.deleteDatabase},

		{Pattern: "GET /v3/table/list/{db}", Handle: h.listTables},
		{Pattern: "GET /v3/table/show/{db}/{table}", Handle: h.showTable},
		{Pattern: "POST /v3/table/create/{db}/{table}", Handle: h.createTable},
		{Pattern: "POST /v3/table/create/{db}/{table}/{type}", Handle: h.createTable},
		{Pattern: "POST /v3/table/delete/{db}/{table}", Handle: h.deleteTable},
		{Pattern: "POST /v3/table/rename/{db}/{table}/{new}", Handle: h.renameTable},
		{Pattern: "POST /v3/table/swap/{db}/{table1}/{table2}", Handle: h.swapTables},
		{Pattern: "POST /v3/table/update/{db}/{table}", Handle: h.updateTable},
		{Pattern: "POST /v3/table/update-schema/{db}/{table}", Handle: h.updateSchema},
		{Pattern: "POST /v3/table/append-schema/{db}/{table}", Handle: h.appendSchema},
		{Pattern: "POST /v3/table/change_database/{db}/{table}", Handle: h.moveTable},
		{Pattern: "GET /v3/table/deleted", Handle: h.listDeletedTables},
		{Pattern: "POST /v3/table/recover/{id}", Handle: h.recoverTable},
		{Pattern: "GET /v3/table/tail/{db}/{table}", Handle: h.tailTable},
		{Pattern: "POST /v3/table/tail/{db}/{table}", Handle: h.tailTable}, // sent by one of the Java clients

		{Pattern: "PUT /v3/table/import/{db}/{table}/{format}", Handle: h.importRecords, Access: httpapi.AnyKey, Body: httpapi.RawBody},
		{Pattern: "PUT /v3/table/import_with_id/{db}/{table}/{id}/{format}", Handle: h.importRecords, Access: httpapi.AnyKey, Body: httpapi.RawBody},
	}
}

// table returns the table that the path of a request names.
func (h *Handlers) table(r *httpapi.Request) (engine.Table, error) {
	return h.catalog.Table(r.Context(), r.PathValue("db"), r.PathValue("table"))
}

func (h *Handlers) listTables(r *httpapi.Request) (any, error) {
	database := r.PathValue("db")
	tables, err := h.engine.Tables(r.Context(), database)
	if errors.Is(err, engine.ErrNotFound) {
		_, err = h.catalog.Database(r.Context(), database) // has the API's message
	}
	if err != nil {
		return nil, err
	}
	list := []httpapi.Object{}
	for _, t := range tables {
		o := tableObject(t)
		if r.Param("include_descriptions") == "true" {
			o["description"] = nil
			o["schema"] = formatSchema(t.Schema, true)
		}
		list = append(list, o)
	}
	return httpapi.Object{"database": database, "tables": list}, nil
}

func (h *Handlers) showTable(r *httpapi.Request) (any, error) {
	t, err := h.table(r)
	if err != nil {
		return nil, err
	}
	return tableObject(t), nil
}

func tableObject(t engine.Table) httpapi.Object {
	return httpapi.Object{
		"id":                     t.ID,
		"name":                   t.Name,
		"type":                   "log",
		"count":                  t.Records,
		"schema":                 formatSchema(t.Schema, false),
		"estimated_storage_size": t.StorageSize,
		"counter_updated_at":     httpapi.FormatISOTime(t.LastImport),
		"last_log_timestamp":     httpapi.FormatISOTime(t.LastLogTime),
		"expire_days":            httpapi.NullIfZero(t.ExpireDays),
		"include_v":              t.IncludeV,
		"delete_protected":       false,
		"created_at":             httpapi.FormatTime(t.CreatedAt),
		"updated_at":             httpapi.FormatTime(t.UpdatedAt),
	}
}

// namesObject is the response to most changes of a table.
func namesObject(database, table string) httpapi.Object {
	return httpapi.Object{"database": database, "table": table, "type": "log"}
}

func (h *Handlers) createTable(r *httpapi.Request) (any, error) {
	database, name := r.PathValue("db"), r.PathValue("table")
	if tableType := r.PathValue("type"); tableType != "" && tableType != "log" {
		return nil, httpapi.Invalidf("Table type must be 'log'")
	}
	if err := CheckName(name); err != nil {
		return nil, err
	}
	if _, err := h.catalog.Database(r.Context(), database); err != nil {
		return nil, err
	}
	options, err := tableOptions(r)
	if err != nil {
		return nil, err
	}
	create := func() error { return h.engine.CreateTable(r.Context(), database, name, options) }
	if key := r.Param("idempotent_key"); key != "" {
		err = h.createTableOnce(r.Context(), database+"/"+name+"/"+key, create)
	} else {
		err = create()
	}
	if err := wrapExists(err, "Table %s already exists", name); err != nil {
		return nil, err
	}
	return namesObject(database, name), nil
}

// createTableOnce calls create, and returns nil if the table exists because an earlier request with
// the same key created it. The key contains the names of the database and the table: other tables
// may have the same idempotent key. It is stored before the table is created, so that a request can
// be repeated after a crash.
func (h *Handlers) createTableOnce(ctx context.Context, key string, create func() error) error {
	h.keyed.Lock()
	defer h.keyed.Unlock()
	_, err := h.creates.Add(ctx, key, struct{}{})
	repeated := errors.Is(err, state.ErrExists)
	if err != nil && !repeated {
		return err
	}
	err = create()
	if repeated && errors.Is(err, engine.ErrExists) {
		return nil
	}
	if err != nil && !repeated {
		_, forgetErr := h.creates.Delete(context.WithoutCancel(ctx), key)
		err = errors.Join(err, forgetErr)
	}
	return err
}

func (h *Handlers) updateTable(r *httpapi.Request) (any, error) {
	if _, err := h.table(r); err != nil {
		return nil, err
	}
	options, err := tableOptions(r)
	if err != nil {
		return nil, err
	}
	database, name := r.PathValue("db"), r.PathValue("table")
	if err := h.engine.UpdateTable(r.Context(), database, name, options); err != nil {
		return nil, err
	}
	if newName := r.Param("name"); newName != "" && newName != name {
		if err := h.rename(r, newName, false); err != nil {
			return nil, err
		}
		name = newName
	}
	return namesObject(database, name), nil
}

func tableOptions(r *httpapi.Request) (o engine.TableOptions, err error) {
	if r.Param("expire_days") != "" {
		days, err := r.IntParam("expire_days", 0, 0, 1<<30)
		if err != nil {
			return o, err
		}
		o.ExpireDays = &days
	}
	if o.IncludeV, err = r.BoolParam("include_v"); err != nil {
		return o, err
	}
	if o.DetectSchema, err = r.BoolParam("detect_schema"); err != nil {
		return o, err
	}
	if r.Param("schema") != "" {
		schema, err := schemaParam(r, nil)
		if err != nil {
			return o, err
		}
		o.Schema = &schema
	}
	return o, nil
}

func (h *Handlers) deleteTable(r *httpapi.Request) (any, error) {
	if _, err := h.table(r); err != nil {
		return nil, err
	}
	database, name := r.PathValue("db"), r.PathValue("table")
	if err := h.engine.DropTable(r.Context(), database, name); err != nil {
		return nil, err
	}
	return namesObject(database, name), nil
}

func (h *Handlers) renameTable(r *httpapi.Request) (any, error) {
	if _, err := h.table(r); err != nil {
		return nil, err
	}
	overwrite, err := r.BoolParam("overwrite")
	if err != nil {
		return nil, err
	}
	newName := r.PathValue("new")
	if err := h.rename(r, newName, overwrite != nil && *overwrite); err != nil {
		return nil, err
	}
	return namesObject(r.PathValue("db"), newName), nil
}

func (h *Handlers) rename(r *httpapi.Request, newName string, overwrite bool) error {
	if err := CheckName(newName); err != nil {
		return err
	}
	err := h.engine.RenameTable(r.Context(), r.PathValue("db"), r.PathValue("table"), newName, overwrite)
	return wrapExists(err, "Table %s already exists", newName)
}

func (h *Handlers) swapTables(r *httpapi.Request) (any, error) {
	database, a, b := r.PathValue("db"), r.PathValue("table1"), r.PathValue("table2")
	for _, name := range []string{a, b} {
		if _, err := h.catalog.Table(r.Context(), database, name); err != nil {
			return nil, err
		}
	}
	if a != b {
		if err := h.engine.SwapTables(r.Context(), database, a, b); err != nil {
			return nil, err
		}
	}
	return httpapi.Object{"database": database, "table1": a, "table2": b}, nil
}

// moveTable moves a table to another database. The status for a name in use there
// is 403 and not 409, as in the service.
func (h *Handlers) moveTable(r *httpapi.Request) (any, error) {
	if _, err := h.table(r); err != nil {
		return nil, err
	}
	name, destination := r.PathValue("table"), r.Param("dest_database_name")
	if _, err := h.catalog.Database(r.Context(), destination); err != nil {
		return nil, httpapi.Errorf(http.StatusNotFound, "Destination database is not found")
	}
	err := h.engine.MoveTable(r.Context(), r.PathValue("db"), name, destination)
	if errors.Is(err, engine.ErrExists) {
		return nil, httpapi.Errorf(http.StatusForbidden, "Table %s already exists in the destination", name)
	}
	if err != nil {
		return nil, err
	}
	return namesObject(destination, name), nil
}
