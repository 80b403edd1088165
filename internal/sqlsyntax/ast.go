package sqlsyntax

import (
	"slices"
	"strconv"
)

// An ExprKind is the kind of an expression. The comments list the fields that the kind uses.
type ExprKind uint8

// Kinds of expressions.
const (
	Null         ExprKind = iota
	Boolean               // Text is true or false
	Number                // Text; Unit is the suffix of Hive's 10L
	String                // Text
	TypedLiteral          // Type and Text: DATE '2014-10-01'
	Interval              // Text is the amount, Unit is day, "day to second", …
	Column                // Path holds the parts of a.b.c
	Unary                 // Text is +, -, ~ or NOT; Args[0]
	Binary                // Text is the operator; Args[0], Args[1]
	IsNull                // Args[0]
	Between               // Args: value, low, high
	In                    // Args: value, then the list; or Query
	Like                  // Args: value, pattern, escape
	Exists                // Query
	ScalarQuery           // Query
	Quantified            // Args[0], Text is the operator, Unit is ALL or ANY, Query
	Case                  // Args: operand or nil, pairs of WHEN and THEN, and ELSE if there is one
	Cast                  // Args[0], Type; Text is cast or try_cast
	Array                 // Args
	Row                   // Args; Text is row, or empty for (a, b)
	Subscript             // Args: value, index
	Field                 // Args[0], Text is the name
	Call                  // Text is the name in lower case; Args, Call
	Lambda                // Params; Args[0] is the body
	Star                  // the * of count(*)
)

// An Expr is an expression. Which fields it uses depends on its Kind.
type Expr struct {
	Kind          ExprKind
	Pos           Position
	Text          string
	Unit          string
	Path          []string
	Params        []string
	Args          []*Expr
	Type          *TypeName
	Query         *Query
	Call          *CallParts
	Parenthesized bool
}

// WholeNumber returns the value of an integer literal, such as a position in ORDER BY.
func (n *Expr) WholeNumber() (int, bool) {
	if n.Kind != Number {
		return 0, false
	}
	v, err := strconv.Atoi(n.Text)
	return v, err == nil
}

// containsQuery reports whether an expression contains a subquery.
func (n *Expr) containsQuery() bool {
	return n != nil && (n.Query != nil || slices.ContainsFunc(n.Args, (*Expr).containsQuery))
}

// CallParts holds the clauses of a call besides its arguments.
type CallParts struct {
	Distinct    bool
	OrderBy     []SortKey
	Filter      *Expr
	Window      *Window
	WindowName  string
	IgnoreNulls bool
	Exact       bool   // EXTRACT and AT TIME ZONE, which do not convert their operand
	Overflow    string // ERROR or TRUNCATE of ON OVERFLOW
	JSON        *JSONClauses
}

// A SortKey is an item of ORDER BY.
type SortKey struct {
	Expr       *Expr
	Descending bool
	Nulls      string // FIRST, LAST or empty
}

// A Window is the specification after OVER or in WINDOW.
type Window struct {
	Pos         Position
	Base        string // name of the window that it extends
	PartitionBy []*Expr
	OrderBy     []SortKey
	Frame       *Frame
}

// A Frame limits the rows of a window.
type Frame struct {
	Pos        Position
	Unit       string // ROWS, RANGE, GROUPS
	Start, End Bound
}

// A Bound is an end of a frame. Text is UNBOUNDED PRECEDING or CURRENT ROW, or PRECEDING or FOLLOWING after
// Amount.
type Bound struct {
	Amount *Expr
	Text   string
}

// A Query is a body with WITH, ORDER BY and LIMIT.
type Query struct {
	Pos       Position
	Recursive bool
	With      []CommonTable
	Body      *Body
	OrderBy   []SortKey
	Limit     *Expr
	Offset    *Expr
	WithTies  bool // FETCH FIRST … WITH TIES
}

// A CommonTable is an item of WITH.
type CommonTable struct {
	Pos     Position
	Name    string
	Columns []string
	Query   *Query
}

// A Body is a SELECT, VALUES, a query in parentheses, or two bodies and a set operator.
type Body struct {
	Pos Position
	Op  string // UNION, INTERSECT or EXCEPT of Left and Right, or empty
	All bool
	// Corresponding matches the columns of Left and Right by name.
	Corresponding bool
	Left, Right   *Body
	Selection     *Selection
	Values        []*Expr
	Query         *Query
}

// A Selection is a SELECT.
type Selection struct {
	Pos           Position
	Distinct      bool
	Items         []Item
	From          []*Relation
	Where         *Expr
	Grouped       bool
	GroupDistinct bool      // GROUP BY DISTINCT
	GroupingSets  [][]*Expr // one set for a plain GROUP BY
	GroupKeys     []*Expr   // all grouping expressions, in order of appearance
	SetKeys       []*Expr   // those of ROLLUP, CUBE and GROUPING SETS
	Having        *Expr
	Windows       map[string]*Window
}

// An Item is an item of SELECT: an expression, *, q.* or (row).*.
type Item struct {
	Pos       Position
	Expr      *Expr // the expression, or the row of (row).*; nil for * and q.*
	Alias     string
	Aliases   []string // k and v of Hive's explode(…) AS (k, v) and Trino's q.* AS (k, v)
	Star      bool
	Qualifier []string // q of q.*
}

// A RelationKind is the kind of a relation.
type RelationKind uint8

// Kinds of relations.
const (
	TableRelation RelationKind = iota
	QueryRelation
	UnnestRelation
	JoinRelation
	ParenthesizedRelation // (Left) with an alias
	JSONTableRelation
)

// A Relation is an item of FROM.
type Relation struct {
	Kind        RelationKind
	Pos         Position
	Name        []string // TableRelation
	SampleShare string   // share of rows that TABLESAMPLE takes, from 0 to 1
	SampleRows  string   // number of rows that TABLESAMPLE takes
	Query       *Query   // QueryRelation
	Lateral     bool
	Alias       string
	Columns     []string

	Arguments      []*Expr // UnnestRelation
	WithOrdinality bool
	Function       string // table function of LATERAL VIEW: explode, posexplode, inline, json_tuple, …

	Table *JSONTable // JSONTableRelation; Arguments

	Join        string // JoinRelation: INNER, CROSS, LEFT, RIGHT, FULL, SEMI or ANTI
	Left, Right *Relation
	On          *Expr
	Using       []string
	Natural     bool
}

// A StatementKind is the kind of a statement.
type StatementKind uint8

// Kinds of statements.
const (
	QueryStatement StatementKind = iota
	InsertStatement
	CreateTableStatement
	DropTableStatement
	CreateViewStatement
	DropViewStatement
	CreateDatabaseStatement
	DropDatabaseStatement
	RenameStatement
	DeleteStatement
	ShowTablesStatement
	ShowDatabasesStatement
	ShowColumnsStatement
	ShowFunctionsStatement
	ShowCreateStatement
	ExplainStatement
	SetStatement
)

// A Statement is a statement. Which fields it uses depends on its Kind.
type Statement struct {
	Kind      StatementKind
	Pos       Position
	Query     *Query
	Table     []string
	TablePos  Position
	NewName   []string
	Columns   []ColumnDefinition // CREATE TABLE
	Targets   []string           // columns of INSERT, or those of CREATE TABLE t (a, b) AS
	Overwrite bool
	Partition []PartitionValue
	Inserts   []*Statement // the further INSERTs of Hive's FROM … INSERT … INSERT …
	IfExists  bool         // IF EXISTS, IF NOT EXISTS
	Replace   bool         // CREATE OR REPLACE VIEW
	Source    string       // text of the query of CREATE VIEW
	View      bool         // SHOW CREATE VIEW
	NoData    bool         // CREATE TABLE … AS … WITH NO DATA
	Where     *Expr
	Pattern   *string // SHOW … LIKE
	Escape    string  // character before a literal % or _ of Pattern
	Explained *Statement
	Validate  bool     // EXPLAIN (TYPE VALIDATE)
	Like      []string // CREATE TABLE … LIKE
	Database  string   // database of the last USE before the statement
}

// A ColumnDefinition is a column of CREATE TABLE.
type ColumnDefinition struct {
	Name string
	Type *TypeName // nil if the definition has none
}

// A PartitionValue is an item of Hive's INSERT … PARTITION (ds = 'x', hr).
type PartitionValue struct {
	Pos    Position
	Column string
	Value  *Expr // nil if the query provides the value
}

// A TypeName is a type as the statement writes it.
type TypeName struct {
	Pos     Position
	Name    string // lower case, without arguments: timestamp with time zone
	Args    []*TypeName
	Fields  []string // names of a row's fields, empty for unnamed ones
	Numbers []int    // 10 and 2 of decimal(10,2)
}
