package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// schemaText writes a schema as JSON text: [name, type], with the alias when there
// is one, or always all four members.
func schemaText(schema []engine.Column, described bool) string {
	list := make([][]any, len(schema))
	for i, column := range schema {
		list[i] = []any{column.Name, column.Type}
		switch {
		case described:
			list[i] = append(list[i], orNull(column.Alias), nil)
		case column.Alias != "":
			list[i] = append(list[i], column.Alias)
		}
	}
	data, _ := marshal(list)
	return string(data)
}

// updateSchema replaces a table's schema.
func (s *Server) updateSchema(c *call) (any, error) {
	return s.changeSchema(c, func(now []engine.Column) ([]engine.Column, error) {
		return parseSchema(c.get("schema"), now)
	})
}

// appendSchema adds columns to a table's schema; what is there stays as it is.
func (s *Server) appendSchema(c *call) (any, error) {
	return s.changeSchema(c, func(now []engine.Column) ([]engine.Column, error) {
		added, err := parseSchema(c.get("schema"), now)
		if err != nil {
			return nil, err
		}
		for _, column := range added {
			if !slices.ContainsFunc(now, func(old engine.Column) bool { return old.Name == column.Name }) {
				now = append(now, column)
			}
		}
		return now, nil
	})
}

func (s *Server) changeSchema(c *call, change func([]engine.Column) ([]engine.Column, error)) (any, error) {
	t, err := s.tableOf(c)
	if err != nil {
		return nil, err
	}
	if c.get("schema") == "" {
		return nil, refuse(http.StatusUnprocessableEntity, "'schema' parameter is required")
	}
	schema, err := change(t.Schema)
	if err != nil {
		return nil, err
	}
	if err := s.engine.UpdateTable(c.Context(), c.path[0], c.path[1], engine.TableOptions{Schema: &schema}); err != nil {
		return nil, err
	}
	return tableAnswer(c.path[0], c.path[1]), nil
}

// parseSchema reads a schema; an alias that is null, or missing, is the one that the column has now.
func parseSchema(text string, now []engine.Column) ([]engine.Column, error) {
	var list [][]*string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, refuse(http.StatusUnprocessableEntity, "Schema is not an array of arrays of strings: %v", err)
	}
	schema := make([]engine.Column, 0, len(list))
	taken := map[string]bool{"time": true, "v": true}
	for _, members := range list {
		if len(members) < 2 || len(members) > 4 || members[0] == nil || members[1] == nil || *members[0] == "" {
			return nil, refuse(http.StatusUnprocessableEntity, "Schema has an element that is not [name, type, alias]")
		}
		column := engine.Column{Name: *members[0], Type: *members[1]}
		if i := slices.IndexFunc(now, func(old engine.Column) bool { return old.Name == column.Name }); i >= 0 {
			column.Alias = now[i].Alias
		}
		if len(members) > 2 && members[2] != nil {
			column.Alias = *members[2]
		}
		if taken[column.Name] || column.Alias != "" && column.Alias != column.Name && taken[column.Alias] {
			return nil, refuse(http.StatusUnprocessableEntity, "Schema has a duplicate or reserved column name: %s", column.Name)
		}
		taken[column.Name] = true
		if column.Alias != "" {
			taken[column.Alias] = true
		}
		schema = append(schema, column)
	}
	return schema, nil
}
