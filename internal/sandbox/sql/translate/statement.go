package translate

import (
	"slices"
	"strconv"
	"strings"
)

// statement makes the plan of a statement.
func (e *emitter) statement(s *statement) *Plan {
	switch s.kind {
	case statementQuery:
		return e.queryPlan(s.query)
	case statementInsert:
		return e.insert(s)
	case statementCreateTable:
		return e.createTable(s)
	case statementDropTable:
		return e.dropTable(s)
	case statementCreateDatabase:
		return &Plan{Kind: CreateDatabase, Target: e.databaseName(s), IfNotExists: s.exists}
	case statementDropDatabase:
		if !s.exists {
			e.database(e.databaseName(s).Database, s.tablePos)
		}
		return &Plan{Kind: DropDatabase, Target: e.databaseName(s), IfExists: s.exists}
	case statementRename:
		return e.rename(s)
	case statementDelete:
		return e.delete(s)
	case statementSet:
		if s.table != nil {
			e.database(e.databaseName(s).Database, s.tablePos)
		}
		return &Plan{Kind: Rows}
	case statementExplain:
		return e.explain(s)
	}
	return e.show(s)
}

func (e *emitter) databaseName(s *statement) TableName {
	return TableName{Database: strings.ToLower(s.table[len(s.table)-1])}
}

func (e *emitter) queryPlan(q *query) *Plan {
	sql, outputs := e.query(q, nil)
	if e.hive {
		sql = shortTimestamps(sql, outputs)
	}
	return &Plan{Kind: Query, SQL: sql, Columns: e.columns(outputs)}
}

// shortTimestamps writes timestamps as Hive shows them, without a fraction that is zero.
func shortTimestamps(sql string, outputs []output) string {
	if !slices.ContainsFunc(outputs, func(o output) bool { return o.typ.is("timestamp") }) {
		return sql
	}
	columns := make([]string, len(outputs))
	for i, o := range outputs {
		name := "c" + itoa(i+1)
		columns[i] = name
		if o.typ.is("timestamp") {
			columns[i] = call("replace", name, "'.000'", "''") + " AS " + name
		}
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM (" + sql + ")"
}

// columns names and types a result. Hive's names are lower case.
func (e *emitter) columns(outputs []output) []Column {
	columns := make([]Column, len(outputs))
	for i, o := range outputs {
		name := o.name
		if name == "" {
			name = e.unnamed(i)
		}
		if e.hive {
			name = strings.ToLower(name)
		}
		columns[i] = Column{Name: name, Type: o.typ.String()}
		if e.hive && o.typ.unknown() {
			columns[i].Type = "varchar"
		}
	}
	return columns
}

// storable is a table's columns from a query's: with names, each once, and types.
func (e *emitter) storable(s *statement, outputs []output) []Column {
	if s.targets != nil {
		if len(s.targets) != len(outputs) {
			fail(SemanticError, s.pos, "Column alias list has "+itoa(len(s.targets))+" entries but relation has "+itoa(len(outputs))+" columns")
		}
		for i, name := range s.targets {
			outputs[i].name = name
		}
	}
	seen := map[string]bool{}
	columns := e.columns(outputs)
	for i := range columns {
		if outputs[i].name == "" && !e.hive {
			fail(SemanticError, s.query.pos, "Column name not specified at position "+itoa(i+1))
		}
		columns[i].Name = strings.ToLower(columns[i].Name)
		if seen[columns[i].Name] {
			fail(SemanticError, s.query.pos, "Column name '"+columns[i].Name+"' specified more than once")
		}
		seen[columns[i].Name] = true
		if outputs[i].typ.unknown() {
			if !e.hive {
				fail(SemanticError, s.query.pos, "Column type is unknown: "+columns[i].Name)
			}
			columns[i].Type = "varchar"
		}
	}
	return columns
}

func (e *emitter) createTable(s *statement) *Plan {
	target := e.tableName(s.table)
	e.database(target.Database, s.tablePos)
	if _, exists := e.request.Catalog.Columns(target.Database, target.Table); exists && !s.exists {
		fail(SemanticError, s.tablePos, "Table '"+target.String()+"' already exists")
	}
	plan := &Plan{Kind: CreateTable, Target: target, IfNotExists: s.exists}
	if s.query != nil {
		sql, outputs := e.query(s.query, nil)
		if plan.Columns = e.storable(s, outputs); !s.noData {
			plan.Kind, plan.SQL = CreateTableAs, sql
		}
		return plan
	}
	if s.like != nil {
		plan.Columns = slices.Clone(e.existing(e.tableName(s.like), s.tablePos))
		return plan
	}
	seen := map[string]bool{}
	for _, c := range s.columns {
		name := strings.ToLower(c.name)
		if seen[name] {
			fail(SemanticError, s.tablePos, "Column name '"+name+"' specified more than once")
		}
		seen[name] = true
		t := typ{}
		if c.typ != nil {
			t = e.typeOf(c.typ)
		}
		if t.unknown() {
			fail(SyntaxError, s.tablePos, "Column '"+name+"' has no type")
		}
		plan.Columns = append(plan.Columns, Column{Name: name, Type: t.String()})
	}
	return plan
}

func (e *emitter) dropTable(s *statement) *Plan {
	target := e.tableName(s.table)
	if !s.exists {
		e.existing(target, s.tablePos)
	}
	return &Plan{Kind: DropTable, Target: target, IfExists: s.exists}
}

func (e *emitter) rename(s *statement) *Plan {
	target, name := e.tableName(s.table), e.tableName(s.newName)
	if !s.exists {
		e.existing(target, s.tablePos)
	}
	if len(s.newName) == 1 {
		name.Database = target.Database
	}
	if name.Database != target.Database {
		fail(NotSupported, s.tablePos, "renaming a table into another database is not supported by the sandbox")
	}
	if _, exists := e.request.Catalog.Columns(name.Database, name.Table); exists {
		fail(SemanticError, s.tablePos, "Table '"+name.String()+"' already exists")
	}
	return &Plan{Kind: RenameTable, Target: target, NewName: name.Table, IfExists: s.exists}
}

func (e *emitter) delete(s *statement) *Plan {
	target := e.tableName(s.table)
	r := &relation{kind: relationTable, pos: s.tablePos, name: []string{target.Database, target.Table}}
	scope := &scope{}
	alias := strings.TrimPrefix(e.table(r, scope), target.sql())
	sql := "DELETE FROM " + target.sql() + alias
	if s.where != nil {
		e.in("WHERE clause", func() { sql += " WHERE " + e.condition(s.where, scope) })
	}
	return &Plan{Kind: Delete, SQL: sql, Target: target}
}

// insert makes an INSERT: the query's columns are converted to the table's. A row that gives no
// time gets the present one.
func (e *emitter) insert(s *statement) *Plan {
	target := e.tableName(s.table)
	table := e.existing(target, s.tablePos)
	sql, outputs := e.query(s.query, nil)
	columns := e.insertColumns(s, table, len(outputs))
	plan := &Plan{Kind: Insert, Target: target}
	if s.overwrite {
		plan.Kind = InsertOverwrite
	}
	list := make([]string, len(outputs))
	changed := false
	for i, o := range outputs {
		to := columnType(columns[i])
		if !e.storableAs(o.typ, to) {
			e.mismatchedInsert(s, columns, outputs)
		}
		name := "c" + itoa(i+1)
		v := e.cast(value{sql: name, typ: o.typ}, to, e.hive, s.pos)
		changed = changed || v.sql != name
		list[i] = v.sql + " AS " + name
		plan.TargetColumns = append(plan.TargetColumns, columns[i].Name)
		plan.Columns = append(plan.Columns, columns[i])
	}
	if lacksTime(table, columns[:len(outputs)]) {
		changed = true
		list = append(list, strconv.FormatInt(e.request.Now.Unix(), 10))
		plan.TargetColumns = append(plan.TargetColumns, "time")
		plan.Columns = append(plan.Columns, Column{Name: "time", Type: "bigint"})
	}
	if changed {
		sql = "SELECT " + strings.Join(list, ", ") + " FROM (" + sql + ")"
	}
	plan.SQL = sql
	return plan
}

// storableAs tells whether an INSERT may put a value of from in a column of to.
func (e *emitter) storableAs(from, to typ) bool {
	if from.number() && to.number() {
		return true
	}
	_, ok := coercible(from, to, e.hive)
	return ok
}

// lacksTime tells whether the table has a time that the columns do not give.
func lacksTime(table, columns []Column) bool {
	isTime := func(c Column) bool { return c.Name == "time" }
	return slices.ContainsFunc(table, isTime) && !slices.ContainsFunc(columns, isTime)
}

// insertColumns is the table's columns that an INSERT fills: those that it names, or all, or all but time.
func (e *emitter) insertColumns(s *statement, table []Column, width int) []Column {
	if s.targets == nil {
		if width == len(table)-1 {
			if others := slices.DeleteFunc(slices.Clone(table), func(c Column) bool { return c.Name == "time" }); len(others) == width {
				return others
			}
		}
		if width != len(table) {
			fail(SemanticError, s.pos, "Insert query has mismatched column types: the table has "+itoa(len(table))+" columns, the query "+itoa(width))
		}
		return table
	}
	var columns []Column
	seen := map[string]bool{}
	for _, name := range s.targets {
		i := slices.IndexFunc(table, func(c Column) bool { return strings.EqualFold(c.Name, name) })
		if i < 0 {
			fail(SemanticError, s.tablePos, "Insert column name does not exist in target table: "+name)
		}
		if seen[table[i].Name] {
			fail(SemanticError, s.tablePos, "Insert column name is specified more than once: "+name)
		}
		seen[table[i].Name] = true
		columns = append(columns, table[i])
	}
	if len(columns) != width {
		fail(SemanticError, s.pos, "Insert query has "+itoa(width)+" expression(s) but expected "+itoa(len(columns))+" target column(s)")
	}
	return columns
}

func (e *emitter) mismatchedInsert(s *statement, columns []Column, outputs []output) {
	var table, given []string
	for i, o := range outputs {
		table = append(table, columns[i].Type)
		given = append(given, o.typ.String())
	}
	fail(SemanticError, s.pos, "Insert query has mismatched column types: Table: ["+strings.Join(table, ", ")+"], Query: ["+strings.Join(given, ", ")+"]")
}
