package sqlsyntax

// A nodeKind says what an expression is and how its fields are used.
type ExprKind uint8

const (
	Null         ExprKind = iota
	Boolean               // text: true or false
	Number                // text
	String                // text
	TypedLiteral          // typ.name and text: DATE '2014-10-01'
	Interval              // text is the amount, unit the unit (or "day to second")
	Column                // path: the parts of a.b.c
	Unary                 // text is - or NOT; args[0]
	Binary                // text is the operator; args[0], args[1]
	IsNull                // args[0]
	Between               // args: value, low, high
	In                    // args: value, then the list; or query
	Like                  // args: value, pattern, escape
	Exists                // query
	ScalarQuery           // query
	Quantified            // args[0] text unit(ALL, ANY) (query)
	Case                  // args: operand or nil, then pairs, then else when odd pairs
	Cast                  // args[0] AS typ; text is cast or try_cast
	Array                 // args
	Row                   // args
	Subscript             // args: value, index
	Field                 // args[0].text
	Call                  // text is the name in lower case; args; call has the rest
	Lambda                // params; args[0] is the body
	Star                  // the * of count(*)
)

// A node is an expression.
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
	Parenthesized bool // written in parentheses
}

// callParts is what may stand around a call's arguments.
type CallParts struct {
	Distinct    bool
	OrderBy     []SortKey
	Filter      *Expr
	Window      *Window
	WindowName  string
	IgnoreNulls bool
	Overflow    string // of listagg: ON OVERFLOW …
}

// A sortKey is an item of ORDER BY.
type SortKey struct {
	Expr       *Expr
	Descending bool
	Nulls      string // FIRST, LAST or empty
}

// A window is what OVER or WINDOW holds.
type Window struct {
	Pos         Position
	Base        string // the name of the window that it extends
	PartitionBy []*Expr
	OrderBy     []SortKey
	Frame       *Frame
}

// A frame is a window's extent.
type Frame struct {
	Unit       string // ROWS, RANGE, GROUPS
	Start, End Bound
}

// A bound is an end of a frame: UNBOUNDED PRECEDING, CURRENT ROW, amount PRECEDING, …
type Bound struct {
	Amount *Expr
	Text   string
}

// A query is WITH, a body, and what orders and cuts it.
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

// A commonTable is an item of WITH.
type CommonTable struct {
	Pos     Position
	Name    string
	Columns []string
	Query   *Query
}

// A body is a SELECT, VALUES, a query in parentheses, or two bodies and a set operator.
type Body struct {
	Pos         Position
	Op          string // UNION, INTERSECT, EXCEPT; empty for a leaf
	All         bool
	Left, Right *Body
	Selection   *Selection
	Values      []*Expr
	Query       *Query
}

// A selection is a SELECT.
type Selection struct {
	Pos          Position
	Distinct     bool
	Items        []Item
	From         []*Relation
	Where        *Expr
	Grouped      bool
	GroupingSets [][]*Expr // the grouping sets; one for a plain GROUP BY
	GroupKeys    []*Expr   // every grouping expression once, in order of appearance
	Having       *Expr
	Windows      map[string]*Window
}

// An item is an item of SELECT. star is set for * and q.*.
type Item struct {
	Pos       Position
	Expr      *Expr
	Alias     string
	Aliases   []string // Hive: explode(…) AS (k, v)
	Star      bool
	Qualifier []string // the qualifier of q.*
}

// A relationKind says what a relation is.
type RelationKind uint8

const (
	TableRelation RelationKind = iota
	QueryRelation
	UnnestRelation
	JoinRelation
)

// A relation is an item of FROM.
type Relation struct {
	Kind        RelationKind
	Pos         Position
	Name        []string // relationTable
	SampleShare string   // TABLESAMPLE's share of rows, 0 to 1
	SampleRows  string   // TABLESAMPLE's number of rows
	Query       *Query   // relationQuery
	Lateral     bool
	Alias       string
	Columns     []string

	Arguments      []*Expr // relationUnnest
	WithOrdinality bool
	Function       string // Hive's table function: explode, posexplode, inline, json_tuple, …

	Join        string // relationJoin: INNER, CROSS, LEFT, RIGHT, FULL, SEMI, ANTI
	Left, Right *Relation
	On          *Expr
	Using       []string
	Natural     bool
}

// A statementKind is a statement's verb.
type StatementKind uint8

const (
	QueryStatement StatementKind = iota
	InsertStatement
	CreateTableStatement
	DropTableStatement
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

// A statement is a whole statement.
type Statement struct {
	Kind      StatementKind
	Pos       Position
	Query     *Query
	Table     []string
	TablePos  Position
	NewName   []string
	Columns   []ColumnDefinition // CREATE TABLE
	Targets   []string           // INSERT's columns
	Overwrite bool
	IfExists  bool // IF EXISTS, IF NOT EXISTS
	NoData    bool // CREATE TABLE … AS … WITH NO DATA
	Where     *Expr
	Pattern   *string // SHOW … LIKE
	Explained *Statement
	Like      []string // CREATE TABLE … LIKE
	Database  string   // that USE made the present one
}

// A columnDefinition is a column of CREATE TABLE.
type ColumnDefinition struct {
	Name string
	Type *TypeName // nil where there is none
}

// A typeName is a type as it is written.
type TypeName struct {
	Pos     Position
	Name    string // in lower case and without what was in parentheses: timestamp with time zone
	Args    []*TypeName
	Fields  []string // names of a row's fields; empty where there is none
	Numbers []int    // 10 and 2 of decimal(10,2)
}
