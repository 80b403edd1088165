package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A planner makes the plans of statements.
type planner struct {
	*state

	catalog     *tableResolver
	queries     *queryTranslator
	relations   *fromTranslator
	exprs       *exprTranslator
	conversions *converter
}

// plan returns the plan of a statement.
func (p *planner) plan(s *sqlsyntax.Statement) *Plan {
	switch s.Kind {
	case sqlsyntax.QueryStatement:
		return p.planQuery(s.Query)
	case sqlsyntax.InsertStatement:
		plan := p.planInsert(s)
		for _, more := range s.Inserts {
			plan.Inserts = append(plan.Inserts, p.planInsert(more))
		}
		return plan
	case sqlsyntax.CreateTableStatement:
		return p.planCreateTable(s)
	case sqlsyntax.DropTableStatement:
		return p.planDropTable(s)
	case sqlsyntax.CreateViewStatement:
		return p.planCreateView(s)
	case sqlsyntax.DropViewStatement:
		return p.planDropView(s)
	case sqlsyntax.CreateDatabaseStatement:
		return &Plan{Kind: CreateDatabase, Target: p.databaseName(s), IfNotExists: s.IfExists}
	case sqlsyntax.DropDatabaseStatement:
		if !s.IfExists {
			p.catalog.requireDatabase(p.databaseName(s).Database, s.TablePos)
		}
		return &Plan{Kind: DropDatabase, Target: p.databaseName(s), IfExists: s.IfExists}
	case sqlsyntax.RenameStatement:
		return p.planRename(s)
	case sqlsyntax.DeleteStatement:
		return p.planDelete(s)
	case sqlsyntax.SetStatement:
		if s.Table != nil {
			p.catalog.requireDatabase(p.databaseName(s).Database, s.TablePos)
		}
		return &Plan{Kind: Rows}
	case sqlsyntax.ExplainStatement:
		return p.planExplain(s)
	}
	return p.planShow(s)
}

func (p *planner) databaseName(s *sqlsyntax.Statement) TableName {
	return TableName{Database: strings.ToLower(s.Table[len(s.Table)-1])}
}

func (p *planner) planQuery(q *sqlsyntax.Query) *Plan {
	sql, outputs := p.queries.translate(q, nil)
	if p.hive {
		sql = displayHive(sql, outputs)
	}
	columns := p.resultColumns(outputs)
	for i, o := range outputs {
		if p.hive && !o.typ.IsUnknown() {
			columns[i].Type = hiveResult(o.typ).Stored()
		}
	}
	return &Plan{Kind: Query, SQL: sql, Columns: columns}
}

// displayHive writes values as Hive displays them: timestamps without a fraction that is zero, intervals with nine
// digits, and a char padded with blanks.
func displayHive(sql string, outputs []output) string {
	if !slices.ContainsFunc(outputs, func(o output) bool { return o.typ.HoldsChar() || o.typ.Is("timestamp", "interval day to second") }) {
		return sql
	}
	columns := make([]string, len(outputs))
	for i, o := range outputs {
		name := "c" + itoa(i+1)
		columns[i] = name
		switch {
		case o.typ.HoldsChar():
			columns[i] = padChars(value{sql: name, typ: o.typ}) + " AS " + name
		case o.typ.Is("timestamp"):
			columns[i] = call("h_cast_varchar_timestamp", name) + " AS " + name
		case o.typ.Is("interval day to second"):
			columns[i] = "(" + call("f_cast_varchar_interval", name) + " || '000000') AS " + name
		}
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM (" + sql + ")"
}

// hiveResult replaces real by float, which the engine displays with the digits of 32 bits, and varbinary by binary, which
// it displays as text.
func hiveResult(t types.Type) types.Type {
	switch t.Name {
	case "real":
		return types.Named("float")
	case "varbinary":
		return types.Named("binary")
	case "interval day to second":
		return types.Named("interval_day_time")
	}
	args := slices.Clone(t.Args)
	for i, a := range args {
		if !a.IsInterval() {
			args[i] = hiveResult(a)
		}
	}
	t.Args = args
	return t
}

// resultColumns returns the columns of a result. In Hive the names are in lower case.
func (p *planner) resultColumns(outputs []output) []Column {
	columns := make([]Column, len(outputs))
	for i, o := range outputs {
		name := o.name
		if name == "" {
			name = p.unnamedColumn(i)
		}
		if p.hive {
			name = strings.ToLower(name)
		}
		columns[i] = Column{Name: name, Type: o.typ.String()}
		if p.hive && o.typ.IsUnknown() {
			columns[i].Type = "varchar"
		}
	}
	return columns
}

// tableColumns returns the columns of a table made from a query.
func (p *planner) tableColumns(s *sqlsyntax.Statement, outputs []output) []Column {
	if s.Targets != nil {
		if len(s.Targets) != len(outputs) {
			fail(SemanticError, s.Pos, "Column alias list has "+itoa(len(s.Targets))+" entries but relation has "+itoa(len(outputs))+" columns")
		}
		for i, name := range s.Targets {
			outputs[i].name = name
		}
	}
	return p.newColumns(s, outputs, nil)
}

// newColumns returns the columns of a table for the outputs of a query. Their names must be unique, and
// unless a column is one of existing, its name and type must be known.
func (p *planner) newColumns(s *sqlsyntax.Statement, outputs []output, existing []Column) []Column {
	seen := map[string]bool{}
	columns := p.resultColumns(outputs)
	for i, o := range outputs {
		c := &columns[i]
		c.Name = strings.ToLower(c.Name)
		if seen[c.Name] {
			fail(SemanticError, s.Query.Pos, "Column name '"+c.Name+"' specified more than once")
		}
		seen[c.Name] = true
		j := slices.IndexFunc(existing, func(t Column) bool { return t.Name == c.Name })
		switch {
		case j >= 0:
			*c = existing[j]
		case o.name == "" && !p.hive:
			fail(SemanticError, s.Query.Pos, "Column name not specified at position "+itoa(i+1))
		case o.typ.IsUnknown() && !p.hive:
			fail(SemanticError, s.Query.Pos, "Column type is unknown: "+c.Name)
		case o.typ.IsUnknown():
			c.Type = "varchar"
		default:
			c.Type = p.storedType(o.typ)
		}
	}
	return columns
}

// storedType returns the type of a table's column.
func (p *planner) storedType(t types.Type) string {
	if p.hive {
		return t.Stored()
	}
	return t.String()
}

func (p *planner) planCreateTable(s *sqlsyntax.Statement) *Plan {
	target := p.catalog.resolve(s.Table)
	p.catalog.requireDatabase(target.Database, s.TablePos)
	if _, exists := p.request.Catalog.Columns(target.Database, target.Table); exists && !s.IfExists {
		fail(SemanticError, s.TablePos, "Table '"+target.String()+"' already exists")
	}
	plan := &Plan{Kind: CreateTable, Target: target, IfNotExists: s.IfExists}
	if s.Query != nil {
		sql, outputs := p.queries.translate(s.Query, nil)
		if plan.Columns = p.tableColumns(s, outputs); !s.NoData {
			plan.Kind, plan.SQL = CreateTableAs, rejectNaN(sql, outputs)
		}
		return plan
	}
	if s.Like != nil {
		like := p.catalog.resolve(s.Like)
		plan.Columns = slices.Clone(p.catalog.requireTable(like, s.TablePos))
		if p.request.Catalog.HidesTime(like.Database, like.Table) {
			plan.Columns = slices.DeleteFunc(plan.Columns, func(c Column) bool { return c.Name == "time" })
		}
		return plan
	}
	seen := map[string]bool{}
	for _, c := range s.Columns {
		name := strings.ToLower(c.Name)
		if seen[name] {
			fail(SemanticError, s.TablePos, "Column name '"+name+"' specified more than once")
		}
		seen[name] = true
		t := types.Type{}
		if c.Type != nil {
			t = p.conversions.resolveType(c.Type)
		}
		if t.IsUnknown() {
			fail(SyntaxError, s.TablePos, "Column '"+name+"' has no type")
		}
		plan.Columns = append(plan.Columns, Column{Name: name, Type: p.storedType(t)})
	}
	return plan
}

func (p *planner) planDropTable(s *sqlsyntax.Statement) *Plan {
	target := p.catalog.resolve(s.Table)
	p.catalog.requireNoView(target, s.TablePos)
	if !s.IfExists {
		p.catalog.requireTable(target, s.TablePos)
	}
	return &Plan{Kind: DropTable, Target: target, IfExists: s.IfExists}
}

func (p *planner) planRename(s *sqlsyntax.Statement) *Plan {
	target, name := p.catalog.resolve(s.Table), p.catalog.resolve(s.NewName)
	p.catalog.requireNoView(target, s.TablePos)
	if !s.IfExists {
		p.catalog.requireTable(target, s.TablePos)
	}
	if len(s.NewName) == 1 {
		name.Database = target.Database
	}
	if name.Database != target.Database {
		fail(NotSupported, s.TablePos, "renaming a table into another database is not supported by the sandbox")
	}
	if _, exists := p.request.Catalog.Columns(name.Database, name.Table); exists {
		fail(SemanticError, s.TablePos, "Table '"+name.String()+"' already exists")
	}
	return &Plan{Kind: RenameTable, Target: target, NewName: name.Table, IfExists: s.IfExists}
}

func (p *planner) planDelete(s *sqlsyntax.Statement) *Plan {
	target := p.catalog.resolve(s.Table)
	p.catalog.requireNoView(target, s.TablePos)
	r := &sqlsyntax.Relation{Kind: sqlsyntax.TableRelation, Pos: s.TablePos, Name: []string{target.Database, target.Table}}
	scope := &scope{}
	alias := strings.TrimPrefix(p.relations.translateTable(r, scope), target.sql())
	sql := "DELETE FROM " + target.sql() + alias
	if s.Where != nil {
		p.withClause("WHERE clause", func() { sql += " WHERE " + p.exprs.translateCondition(s.Where, scope) })
	}
	return &Plan{Kind: Delete, SQL: sql, Target: target}
}

// planInsert plans an INSERT. The columns of the query are converted to the types of the table's
// columns. The plan has no column for a time that the query does not provide.
func (p *planner) planInsert(s *sqlsyntax.Statement) *Plan {
	target := p.catalog.resolve(s.Table)
	p.catalog.requireNoView(target, s.TablePos)
	table := p.catalog.requireTable(target, s.TablePos)
	sql, outputs := p.queries.translate(s.Query, nil)
	sql = rejectNaN(sql, outputs)
	sql, outputs, partition := p.addPartition(s, table, sql, outputs)
	columns := p.insertColumns(s, target, table, outputs)
	for i, v := range partition {
		if !slices.ContainsFunc(columns, func(c Column) bool { return c.Name == v.Column }) {
			fail(SemanticError, s.Partition[i].Pos, "Partition column '"+v.Column+"' is not a column of the query")
		}
	}
	plan := &Plan{Kind: Insert, Target: target, Columns: columns, Partition: partition}
	if s.Overwrite {
		plan.Kind = InsertOverwrite
	}
	list := make([]string, len(outputs))
	changed := false
	for i, o := range outputs {
		to := p.columnType(columns[i])
		if !p.isStorable(o.typ, to) {
			p.failInsert(s, columns, outputs)
		}
		name := "c" + itoa(i+1)
		v := p.conversions.cast(value{sql: name, typ: o.typ}, to, p.hive, s.Pos)
		changed = changed || v.sql != name
		list[i] = v.sql + " AS " + name
	}
	if changed {
		sql = "SELECT " + strings.Join(list, ", ") + " FROM (" + sql + ")"
	}
	plan.SQL = sql
	return plan
}

// rejectNaN makes a query fail if it returns NaN, which a table cannot store.
func rejectNaN(sql string, outputs []output) string {
	if !slices.ContainsFunc(outputs, func(o output) bool { return o.typ.ContainsNaN() }) {
		return sql
	}
	columns := make([]string, len(outputs))
	for i, o := range outputs {
		name := "c" + itoa(i+1)
		columns[i] = name
		if o.typ.ContainsNaN() {
			columns[i] = call("f_stored", name) + " AS " + name
		}
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM (" + sql + ")"
}

// addPartition adds the constant values of PARTITION (ds = 'x') as columns of the query.
func (p *planner) addPartition(s *sqlsyntax.Statement, table []Column, sql string, outputs []output) (string, []output, []PartitionValue) {
	var partition []PartitionValue
	list := []string{"*"}
	for _, v := range s.Partition {
		i := slices.IndexFunc(table, func(c Column) bool { return strings.EqualFold(c.Name, v.Column) })
		if i < 0 {
			fail(SemanticError, v.Pos, "Partition column '"+v.Column+"' does not exist")
		}
		part := PartitionValue{Column: table[i].Name}
		if v.Value != nil {
			t := p.columnType(table[i])
			part.SQL = p.conversions.cast(p.exprs.translate(v.Value, &scope{}), t, true, v.Pos).sql
			outputs = append(outputs, output{name: v.Column, typ: t})
			list = append(list, part.SQL+" AS c"+itoa(len(outputs)))
			if s.Targets != nil {
				s.Targets = append(s.Targets, v.Column)
			}
		}
		partition = append(partition, part)
	}
	if len(list) > 1 {
		sql = "SELECT " + strings.Join(list, ", ") + " FROM (" + sql + ")"
	}
	return sql, outputs, partition
}

// isStorable reports whether an INSERT can store a value of type from in a column of type to.
func (p *planner) isStorable(from, to types.Type) bool {
	if from.IsNumber() && to.IsNumber() {
		return true
	}
	if p.hive && to.Is("char") {
		to = types.Named("varchar")
	}
	_, ok := types.Coercible(from, to, p.hive)
	return ok
}

// insertColumns returns the column for each output of an INSERT's query. Without a list of columns,
// outputs are matched by name, as in Treasure Data, and names that the table does not have become
// new columns. If none of the names match, or an output has no name, outputs are matched by
// position, with or without time. In Hive this also holds if names occur twice, or if the table was created by a
// statement and does not have all of the names.
func (p *planner) insertColumns(s *sqlsyntax.Statement, target TableName, table []Column, outputs []output) []Column {
	if s.Targets != nil {
		return p.listedColumns(s, table, len(outputs))
	}
	others := slices.DeleteFunc(slices.Clone(table), func(c Column) bool { return c.Name == "time" })
	matches := func(o output) bool {
		return slices.ContainsFunc(others, func(c Column) bool { return strings.EqualFold(c.Name, o.name) })
	}
	unnamed := slices.ContainsFunc(outputs, func(o output) bool { return o.name == "" })
	positional := unnamed || !slices.ContainsFunc(outputs, matches)
	if p.hive && !positional {
		fixed := p.request.Catalog.HidesTime(target.Database, target.Table)
		names := map[string]bool{}
		for _, o := range outputs {
			name := strings.ToLower(o.name)
			positional = positional || names[name] || fixed && name != "time" && !matches(o)
			names[name] = true
		}
	}
	if len(others) > 0 && positional {
		switch len(outputs) {
		case len(others):
			return others
		case len(table):
			return table
		}
		if unnamed {
			fail(SemanticError, s.Pos, "Insert query has mismatched column types: the table has "+itoa(len(table))+" columns, the query "+itoa(len(outputs)))
		}
	}
	return p.newColumns(s, outputs, table)
}

// listedColumns returns the columns that an INSERT lists.
func (p *planner) listedColumns(s *sqlsyntax.Statement, table []Column, width int) []Column {
	var columns []Column
	seen := map[string]bool{}
	for _, name := range s.Targets {
		i := slices.IndexFunc(table, func(c Column) bool { return strings.EqualFold(c.Name, name) })
		if i < 0 {
			fail(SemanticError, s.TablePos, "Insert column name does not exist in target table: "+name)
		}
		if seen[table[i].Name] {
			fail(SemanticError, s.TablePos, "Insert column name is specified more than once: "+name)
		}
		seen[table[i].Name] = true
		columns = append(columns, table[i])
	}
	if len(columns) != width {
		fail(SemanticError, s.Pos, "Insert query has "+itoa(width)+" expression(s) but expected "+itoa(len(columns))+" target column(s)")
	}
	return columns
}

func (p *planner) failInsert(s *sqlsyntax.Statement, columns []Column, outputs []output) {
	var table, given []string
	for i, o := range outputs {
		table = append(table, columns[i].Type)
		given = append(given, o.typ.String())
	}
	fail(SemanticError, s.Pos, "Insert query has mismatched column types: Table: ["+strings.Join(table, ", ")+"], Query: ["+strings.Join(given, ", ")+"]")
}
