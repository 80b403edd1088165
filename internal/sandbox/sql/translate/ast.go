package translate

// A nodeKind says what an expression is and how its fields are used.
type nodeKind uint8

const (
	nodeNull       nodeKind = iota
	nodeBoolean             // text: true or false
	nodeNumber              // text
	nodeString              // text
	nodeTyped               // typ.name and text: DATE '2014-10-01'
	nodeInterval            // text is the amount, unit the unit (or "day to second")
	nodeColumn              // path: the parts of a.b.c
	nodeUnary               // text is - or NOT; args[0]
	nodeBinary              // text is the operator; args[0], args[1]
	nodeIsNull              // args[0]
	nodeBetween             // args: value, low, high
	nodeIn                  // args: value, then the list; or query
	nodeLike                // args: value, pattern, escape
	nodeExists              // query
	nodeScalar              // query
	nodeQuantified          // args[0] text unit(ALL, ANY) (query)
	nodeCase                // args: operand or nil, then pairs, then else when odd pairs
	nodeCast                // args[0] AS typ; text is cast or try_cast
	nodeArray               // args
	nodeRow                 // args
	nodeSubscript           // args: value, index
	nodeField               // args[0].text
	nodeCall                // text is the name in lower case; args; call has the rest
	nodeLambda              // params; args[0] is the body
	nodeStar                // the * of count(*)
	)

// A node is an expression.
type node struct {
	kind   nodeKind
	pos    position
	text   string
	unit   string
	path   []string
	params []string
	args   []*node
	typ    *typeName
	query  *query
	call   *callParts
	paren  bool // written in parentheses
}

// callParts is what may stand around a call's arguments.
type callParts struct {
	distinct    bool
	order       []sortKey
	filter      *node
	window      *window
	windowName  string
	ignoreNulls bool
	overflow    string // of listagg: ON OVERFLOW …
}

// A sortKey is an item of ORDER BY.
type sortKey struct {
	expr  *node
	desc  bool
	nulls string // FIRST, LAST or empty
}

// A window is what OVER or WINDOW holds.
type window struct {
	pos       position
	base      string // the name of the window that it extends
	partition []*node
	order     []sortKey
	frame     *frame
}

// A frame is a window's extent.
type frame struct {
	unit       string // ROWS, RANGE, GROUPS
	start, end bound
}

// A bound is an end of a frame: UNBOUNDED PRECEDING, CURRENT ROW, amount PRECEDING, …
type bound struct {
	amount *node
	text   string
}

// A query is WITH, a body, and what orders and cuts it.
type query struct {
	pos       position
	recursive bool
	with      []commonTable
	body      *body
	order     []sortKey
	limit     *node
	offset    *node
	ties      bool // FETCH FIRST … WITH TIES
}

// A commonTable is an item of WITH.
type commonTable struct {
	pos     position
	name    string
	columns []string
	query   *query
}

// A body is a SELECT, VALUES, a query in parentheses, or two bodies and a set operator.
type body struct {
	pos         position
	op          string // UNION, INTERSECT, EXCEPT; empty for a leaf
	all         bool
	left, right *body
	selection   *selection
	values      []*node
	query       *query
}

// A selection is a SELECT.
type selection struct {
	pos      position
	distinct bool
	items    []item
	from     []*relation
	where    *node
	grouped  bool
	sets     [][]*node // the grouping sets; one for a plain GROUP BY
	keys     []*node   // every grouping expression once, in order of appearance
	having   *node
	windows  map[string]*window
}

// An item is an item of SELECT. star is set for * and q.*.
type item struct {
	pos     position
	expr    *node
	alias   string
	aliases []string // Hive: explode(…) AS (k, v)
	star    bool
	of      []string // the qualifier of q.*
}

// A relationKind says what a relation is.
type relationKind uint8

const (
	relationTable relationKind = iota
	relationQuery
	relationUnnest
	relationJoin
)

// A relation is an item of FROM.
type relation struct {
	kind    relationKind
	pos     position
	name    []string // relationTable
	sample  string   // TABLESAMPLE's share of rows, 0 to 1
	rows    string   // TABLESAMPLE's number of rows
	query   *query   // relationQuery
	lateral bool
	alias   string
	columns []string

	arrays     []*node // relationUnnest
	ordinality bool
	explode    string // Hive's table function: explode, posexplode, inline, json_tuple, …

	join        string // relationJoin: INNER, CROSS, LEFT, RIGHT, FULL, SEMI, ANTI
	left, right *relation
	on          *node
	using       []string
	natural     bool
}

// A statementKind is a statement's verb.
type statementKind uint8

const (
	statementQuery statementKind = iota
	statementInsert
	statementCreateTable
	statementDropTable
	statementCreateDatabase
	statementDropDatabase
	statementRename
	statementDelete
	statementShowTables
	statementShowDatabases
	statementShowColumns
	statementShowFunctions
	statementShowCreate
	statementExplain
	statementSet
)

// A statement is a whole statement.
type statement struct {
	kind      statementKind
	pos       position
	query     *query
	table     []string
	tablePos  position
	newName   []string
	columns   []columnDefinition // CREATE TABLE
	targets   []string           // INSERT's columns
	overwrite bool
	exists    bool // IF EXISTS, IF NOT EXISTS
	noData    bool // CREATE TABLE … AS … WITH NO DATA
	where     *node
	pattern   *string // SHOW … LIKE
	explained *statement
	like      []string // CREATE TABLE … LIKE
	database  string   // that USE made the present one
}

// A columnDefinition is a column of CREATE TABLE.
type columnDefinition struct {
	name string
	typ  *typeName // nil where there is none
}

// A typeName is a type as it is written.
type typeName struct {
	pos     position
	name    string // in lower case and without what was in parentheses: timestamp with time zone
	args    []*typeName
	fields  []string // names of a row's fields; empty where there is none
	numbers []int    // 10 and 2 of decimal(10,2)
}
