package functions

import "encoding/json"

// A JSONTable describes a call of JSON_TABLE: the call of its path, and the columns.
type JSONTable struct {
	JSONCall
	Columns []JSONColumn
	Join    *JSONJoin // how the rows of nested columns combine; nil without nested columns
	Outer   bool      // whether a row without nested rows is kept

	ErrorOnError bool
	width        int
}

// A JSONColumn is a column of JSON_TABLE. A cell for the outcome follows that of a value.
type JSONColumn struct {
	Kind string // ORDINALITY, VALUE or FORMAT
	Cell int    // position in the row
	JSONCall
}

// A JSONJoin combines the rows of nested paths: those of Left and Right, or of one Path.
type JSONJoin struct {
	Cross       bool
	Left, Right *JSONJoin
	Path        *JSONTable
}

// parseJSONTable compiles the paths of a table.
func parseJSONTable(text string) (*JSONTable, error) {
	t := &JSONTable{}
	if err := json.Unmarshal([]byte(text), t); err != nil {
		return nil, dataError("not a JSON table: '%s'", clip(text))
	}
	if err := t.compile(t.Passing); err != nil {
		return nil, dataError("%s", err.Error())
	}
	t.width = t.countCells()
	return t, nil
}

func (t *JSONTable) compile(passing []JSONPassing) (err error) {
	t.Passing = passing
	if t.path, err = parseSQLPath(t.Path); err != nil {
		return err
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Kind == "ORDINALITY" {
			continue
		}
		if c.path, err = parseSQLPath(c.Path); err != nil {
			return err
		}
	}
	return t.Join.each(func(nested *JSONTable) error { return nested.compile(passing) })
}

// each calls f for all paths of a join.
func (j *JSONJoin) each(f func(*JSONTable) error) error {
	if j == nil {
		return nil
	}
	if j.Path != nil {
		return f(j.Path)
	}
	if err := j.Left.each(f); err != nil {
		return err
	}
	return j.Right.each(f)
}

// countCells returns the number of cells of a row.
func (t *JSONTable) countCells() int {
	n := 0
	for _, c := range t.Columns {
		n = max(n, c.Cell+1)
		if c.Kind == "VALUE" {
			n = max(n, c.Cell+2)
		}
	}
	_ = t.Join.each(func(nested *JSONTable) error {
		n = max(n, nested.countCells())
		return nil
	})
	return n
}

// makeJSONTable returns the rows of JSON_TABLE as an array of arrays of texts.
func (r *Registry) makeJSONTable(a []any) (any, error) {
	t, err := r.jsonTables.get(toText(a[0]))
	if err != nil || a[1] == nil {
		return "[]", err
	}
	document, err := parseJSONInput(a[1], t.Encoding)
	if err == nil {
		var variables map[string][]any
		if variables, err = t.bindVariables(a[2:]); err == nil {
			m := jsonTableMaker{variables: variables, width: t.width, errorOnError: t.ErrorOnError}
			var rows []any
			if rows, err = m.makeRows(t, document); err == nil {
				return JSON(append([]any{}, rows...)), nil
			}
		}
	}
	if t.ErrorOnError {
		return nil, err
	}
	return "[]", nil
}

// A jsonTableMaker creates the rows of a table.
type jsonTableMaker struct {
	variables    map[string][]any
	width        int
	errorOnError bool
	rows         int
}

func (m *jsonTableMaker) evaluate(path *sqlPath, document any) ([]any, error) {
	pe := pathEvaluator{lax: path.lax, root: []any{document}, variables: m.variables}
	return pe.evaluate(path.expr, pathScope{})
}

// makeRows returns the rows that a path finds in a document.
func (m *jsonTableMaker) makeRows(t *JSONTable, document any) ([]any, error) {
	items, err := m.evaluate(t.path, document)
	if err != nil {
		return nil, err
	}
	var rows []any
	for i, item := range items {
		row := make([]any, m.width)
		for _, c := range t.Columns {
			if err := m.fillColumn(&c, row, i, item); err != nil {
				return nil, err
			}
		}
		if t.Join == nil {
			rows = append(rows, row)
			continue
		}
		nested, err := m.makeJoin(t.Join, item)
		if err != nil {
			return nil, err
		}
		if len(nested) == 0 && t.Outer {
			rows = append(rows, row)
		}
		for _, n := range nested {
			rows = append(rows, mergeCells(row, n))
		}
		if m.rows += len(nested); m.rows > maxEntries {
			return nil, dataError("JSON_TABLE returns too many rows")
		}
	}
	return rows, nil
}

// fillColumn sets the cells of a column.
func (m *jsonTableMaker) fillColumn(c *JSONColumn, row []any, index int, item any) error {
	if c.Kind == "ORDINALITY" {
		row[c.Cell] = int64(index + 1)
		return nil
	}
	call := c.JSONCall
	if m.errorOnError && call.OnError == "" {
		call.OnError = "ERROR"
	}
	if m.errorOnError && call.OnEmpty == "" && c.Kind == "VALUE" {
		call.OnEmpty = "NULL"
	}
	found, err := m.evaluate(c.path, item)
	if c.Kind == "FORMAT" {
		row[c.Cell], err = call.finishQuery(found, err)
		return err
	}
	row[c.Cell+1] = call.describeOutcome(found, err)
	if row[c.Cell+1] == "error" && call.OnError == "DEFAULT" {
		return nil
	}
	row[c.Cell], err = call.finishValue(found, err)
	return err
}

func (m *jsonTableMaker) makeJoin(j *JSONJoin, item any) ([]any, error) {
	if j == nil {
		return nil, nil
	}
	if j.Path != nil {
		return m.makeRows(j.Path, item)
	}
	left, err := m.makeJoin(j.Left, item)
	if err != nil {
		return nil, err
	}
	right, err := m.makeJoin(j.Right, item)
	if err != nil || !j.Cross {
		return append(left, right...), err
	}
	var rows []any
	for _, l := range left {
		for _, r := range right {
			cells, _ := l.([]any)
			rows = append(rows, mergeCells(cells, r))
		}
	}
	return rows, nil
}

// mergeCells returns the cells of a, and those of b where a has none.
func mergeCells(a []any, b any) []any {
	cells, _ := b.([]any)
	out := make([]any, len(a))
	for i := range a {
		if out[i] = a[i]; a[i] == nil && i < len(cells) {
			out[i] = cells[i]
		}
	}
	return out
}
