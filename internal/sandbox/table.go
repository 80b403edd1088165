package sandbox

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/td-cli/td/internal/sandbox/engine"
)

func (s *Server) tableRoutes() []route {
	return []route{
		at("GET", "/v3/table/list/:db", s.listTables),
		at("GET", "/v3/table/show/:db/:table", s.showTable),
		at("POST", "/v3/table/create/:db/:table", s.createTable),
		at("POST", "/v3/table/create/:db/:table/:type", s.createTable),
		at("POST", "/v3/table/delete/:db/:table", s.deleteTable),
		at("POST", "/v3/table/rename/:db/:table/:new", s.renameTable),
		at("POST", "/v3/table/swap/:db/:table1/:table2", s.swapTables),
		at("POST", "/v3/table/update/:db/:table", s.updateTable),
		at("POST", "/v3/table/update-schema/:db/:table", s.updateSchema),
		at("POST", "/v3/table/append-schema/:db/:table", s.appendSchema),
		at("POST", "/v3/table/change_database/:db/:table", s.moveTable),
		at("GET", "/v3/table/deleted", s.deletedTables),
		at("POST", "/v3/table/recover/:id", s.recoverTable),
		at("GET", "/v3/table/tail/:db/:table", s.tailTable),
		at("POST", "/v3/table/tail/:db/:table", s.tailTable), // one client sends it so
	}
}

func (s *Server) listTables(c *call) (any, error) {
	if _, err := s.database(c.Context(), c.path[0]); err != nil {
		return nil, err
	}
	tables, err := s.engine.Tables(c.Context(), c.path[0])
	if err != nil {
		return nil, err
	}
	list := []object{}
	for _, t := range tables {
		o := tableObject(t)
		if c.get("include_descriptions") == "true" {
			o["description"] = nil
			o["schema"] = schemaText(t.Schema, true)
		}
		list = append(list, o)
	}
	return object{"database": c.path[0], "tables": list}, nil
}

func (s *Server) showTable(c *call) (any, error) {
	t, err := s.tableOf(c)
	if err != nil {
		return nil, err
	}
	return tableObject(t), nil
}

func tableObject(t engine.Table) object {
	var expire any
	if t.ExpireDays > 0 {
		expire = t.ExpireDays
	}
	return object{
		"id":                     t.ID,
		"name":                   t.Name,
		"type":                   "log",
		"count":                  t.Records,
		"schema":                 schemaText(t.Schema, false),
		"estimated_storage_size": t.StorageSize,
		"counter_updated_at":     iso(t.LastImport),
		"last_log_timestamp":     iso(t.LastLogTime),
		"expire_days":            expire,
		"include_v":              t.IncludeV,
		"delete_protected":       false,
		"created_at":             stamp(t.CreatedAt),
		"updated_at":             stamp(t.UpdatedAt),
	}
}

func (s *Server) createTable(c *call) (any, error) {
	database, name := c.path[0], c.path[1]
	if len(c.path) == 3 && c.path[2] != "log" {
		return nil, refuse(http.StatusUnprocessableEntity, "Table type '%s' is not available", c.path[2])
	}
	if err := checkName(name); err != nil {
		return nil, err
	}
	if _, err := s.database(c.Context(), database); err != nil {
		return nil, err
	}
	options, err := tableOptions(c)
	if err != nil {
		return nil, err
	}
	err = s.engine.CreateTable(c.Context(), database, name, options)
	if err := exists(err, "Table %s already exists", name); err != nil {
		return nil, err
	}
	return tableAnswer(database, name), nil
}

func (s *Server) updateTable(c *call) (any, error) {
	if _, err := s.tableOf(c); err != nil {
		return nil, err
	}
	options, err := tableOptions(c)
	if err != nil {
		return nil, err
	}
	database, name := c.path[0], c.path[1]
	if err := s.engine.UpdateTable(c.Context(), database, name, options); err != nil {
		return nil, err
	}
	if to := c.get("name"); to != "" && to != name {
		if err := s.rename(c, to, false); err != nil {
			return nil, err
		}
		name = to
	}
	return tableAnswer(database, name), nil
}

func tableAnswer(database, table string) object {
	return object{"database": database, "table": table, "type": "log"}
}

func tableOptions(c *call) (o engine.TableOptions, err error) {
	if c.get("expire_days") != "" {
		days, err := c.integer("expire_days", 0, 0, 1<<30)
		if err != nil {
			return o, err
		}
		o.ExpireDays = &days
	}
	if o.IncludeV, err = c.boolean("include_v"); err != nil {
		return o, err
	}
	if o.DetectSchema, err = c.boolean("detect_schema"); err != nil {
		return o, err
	}
	if c.get("schema") != "" {
		schema, err := parseSchema(c.get("schema"), nil)
		if err != nil {
			return o, err
		}
		o.Schema = &schema
	}
	return o, nil
}

func (s *Server) deleteTable(c *call) (any, error) {
	if _, err := s.tableOf(c); err != nil {
		return nil, err
	}
	if err := s.engine.DropTable(c.Context(), c.path[0], c.path[1]); err != nil {
		return nil, err
	}
	return tableAnswer(c.path[0], c.path[1]), nil
}

func (s *Server) renameTable(c *call) (any, error) {
	if _, err := s.tableOf(c); err != nil {
		return nil, err
	}
	overwrite, err := c.boolean("overwrite")
	if err != nil {
		return nil, err
	}
	if err := s.rename(c, c.path[2], overwrite != nil && *overwrite); err != nil {
		return nil, err
	}
	return tableAnswer(c.path[0], c.path[2]), nil
}

func (s *Server) rename(c *call, to string, overwrite bool) error {
	if err := checkName(to); err != nil {
		return err
	}
	err := s.engine.RenameTable(c.Context(), c.path[0], c.path[1], to, overwrite)
	return exists(err, "Table %s already exists", to)
}

func (s *Server) swapTables(c *call) (any, error) {
	database, a, b := c.path[0], c.path[1], c.path[2]
	for _, name := range []string{a, b} {
		if _, err := s.lookUp(c.Context(), database, name); err != nil {
			return nil, err
		}
	}
	if a != b {
		if err := s.engine.SwapTables(c.Context(), database, a, b); err != nil {
			return nil, err
		}
	}
	return object{"database": database, "table1": a, "table2": b}, nil
}

// moveTable moves a table to another database. A name that is taken there is 403.
func (s *Server) moveTable(c *call) (any, error) {
	if _, err := s.tableOf(c); err != nil {
		return nil, err
	}
	to := c.get("dest_database_name")
	if _, err := s.database(c.Context(), to); err != nil {
		return nil, refuse(http.StatusNotFound, "Destination database is not found")
	}
	err := s.engine.MoveTable(c.Context(), c.path[0], c.path[1], to)
	if errors.Is(err, engine.ErrExists) {
		return nil, refuse(http.StatusForbidden, "Table %s already exists in the destination", c.path[1])
	}
	if err != nil {
		return nil, err
	}
	return tableAnswer(to, c.path[1]), nil
}

func (s *Server) deletedTables(c *call) (any, error) {
	tables, err := s.engine.DeletedTables(c.Context())
	if err != nil {
		return nil, err
	}
	list := []object{}
	for _, t := range tables {
		o := tableObject(t)
		o["database_name"] = t.DeletedDBName
		o["deleted_at"] = iso(t.DeletedAt)
		list = append(list, o)
	}
	return object{"tables": list}, nil
}

func (s *Server) recoverTable(c *call) (any, error) {
	id, err := strconv.ParseInt(c.path[0], 10, 64)
	if err != nil {
		return nil, refuse(http.StatusNotFound, "Couldn't find UserTable with id = %s", c.path[0])
	}
	if err := s.engine.RecoverTable(c.Context(), id); err != nil {
		return nil, err
	}
	return object{"id": id}, nil
}

// tableOf returns the table that a path names, or the service's refusal.
func (s *Server) tableOf(c *call) (engine.Table, error) {
	return s.lookUp(c.Context(), c.path[0], c.path[1])
}

func (s *Server) lookUp(ctx context.Context, database, name string) (engine.Table, error) {
	if _, err := s.database(ctx, database); err != nil {
		return engine.Table{}, err
	}
	tables, err := s.engine.Tables(ctx, database)
	if err != nil {
		return engine.Table{}, err
	}
	for _, t := range tables {
		if t.Name == name {
			return t, nil
		}
	}
	return engine.Table{}, refuse(http.StatusNotFound, "Couldn't find UserTableReference with name = %s", name)
}

// exists words the refusal of a name that is taken.
func exists(err error, format, name string) error {
	if errors.Is(err, engine.ErrExists) {
		return refuse(http.StatusConflict, format, name)
	}
	return err
}
