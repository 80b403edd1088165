package tables

import (
	"encoding/json"
	"slices"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
)

// formatSchema returns a schema as a JSON text with an array for each column:
// [name, type], followed by the alias if there is one. With descriptions, every
// array has four elements: name, type, alias and description.
func formatSchema(schema []engine.Column, descriptions bool) string {
	list := make([][]any, len(schema))
	for i, column := range schema {
		list[i] = []any{column.Name, column.Type}
		switch {
		case descriptions:
			list[i] = append(list[i], httpapi.NullIfZero(column.Alias), nil)
		case column.Alias != "":
			list[i] = append(list[i], column.Alias)
		}
	}
	data, _ := httpapi.Marshal(list)
	return string(data)
}

// updateSchema replaces the schema of a table.
func (h *Handlers) updateSchema(r *httpapi.Request) (any, error) {
	return h.changeSchema(r, func(current []engine.Column) ([]engine.Column, error) {
		return schemaParam(r, current)
	})
}

// appendSchema adds columns to the schema of a table. Existing columns are kept.
func (h *Handlers) appendSchema(r *httpapi.Request) (any, error) {
	return h.changeSchema(r, func(current []engine.Column) ([]engine.Column, error) {
		added, err := schemaParam(r, current)
		if err != nil {
			return nil, err
		}
		for _, column := range added {
			if !slices.ContainsFunc(current, func(old engine.Column) bool { return old.Name == column.Name }) {
				current = append(current, column)
			}
		}
		return current, nil
	})
}

func (h *Handlers) changeSchema(r *httpapi.Request, change func([]engine.Column) ([]engine.Column, error)) (any, error) {
	t, err := h.table(r)
	if err != nil {
		return nil, err
	}
	if r.Param("schema") == "" {
		return nil, httpapi.Invalidf("'schema' parameter is required")
	}
	schema, err := change(t.Schema)
	if err != nil {
		return nil, err
	}
	database, name := r.PathValue("db"), r.PathValue("table")
	if err := h.engine.UpdateTable(r.Context(), database, name, engine.TableOptions{Schema: &schema}); err != nil {
		return nil, err
	}
	return namesObject(database, name), nil
}

// schemaParam returns the schema of a request. The parameter ignore_duplicate_schema
// makes duplicate columns valid; the first of them is used.
func schemaParam(r *httpapi.Request, current []engine.Column) ([]engine.Column, error) {
	ignore, err := r.BoolParam("ignore_duplicate_schema")
	if err != nil {
		return nil, err
	}
	return parseSchema(r.Param("schema"), current, ignore != nil && *ignore)
}

// parseSchema parses the JSON text of a schema. The alias null keeps the current
// alias of a column; an element without an alias removes it.
func parseSchema(text string, current []engine.Column, ignoreDuplicates bool) ([]engine.Column, error) {
	var list [][]*string
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, httpapi.Invalidf("Schema is not an array of arrays of strings: %v", err)
	}
	schema := make([]engine.Column, 0, len(list))
	taken := map[string]bool{"time": true, "v": true}
	for _, members := range list {
		if len(members) < 2 || len(members) > 4 || members[0] == nil || members[1] == nil {
			return nil, httpapi.Invalidf("Schema has an element that is not [name, type, alias]")
		}
		column := engine.Column{Name: *members[0], Type: *members[1]}
		i := slices.IndexFunc(current, func(old engine.Column) bool { return old.Name == column.Name })
		switch {
		case column.Name == "" && i < 0:
			return nil, httpapi.Invalidf("Schema has a column without a name")
		case len(members) > 2 && members[2] != nil:
			column.Alias = *members[2]
		case len(members) > 2 && i >= 0:
			column.Alias = current[i].Alias
		}
		if ignoreDuplicates && slices.ContainsFunc(schema, func(earlier engine.Column) bool { return earlier.Name == column.Name }) {
			continue
		}
		if taken[column.Name] || column.Alias != "" && column.Alias != column.Name && taken[column.Alias] {
			return nil, httpapi.Invalidf("Schema has a duplicate or reserved column name: %s", column.Name)
		}
		taken[column.Name] = true
		if column.Alias != "" {
			taken[column.Alias] = true
		}
		schema = append(schema, column)
	}
	return schema, nil
}
