// Package functions implements the SQL functions of Treasure Data's Trino and Hive in plain Go,
// independent of any SQL engine.
//
// # Names
//
// A function named f_NAME behaves like Trino's or Treasure Data's NAME, h_NAME like Hive's NAME if
// the two differ. The tables of package registry contain the SQL signatures and the function that
// implements each of them. A test checks that every function is used.
//
// The specifications are https://trino.io/docs/current/functions.html,
// https://hive.apache.org/docs/latest/language/languagemanual-udf/ and Treasure Data's
// https://docs.treasuredata.com/display/public/PD/Supported+Presto+and+TD+Functions.
//
// # Values
//
//	boolean                   int64 1 or 0; results may be bool
//	tinyint … bigint          int64
//	real, double              float64
//	decimal                   exact text
//	varchar                   text
//	char                      text, padded with blanks
//	varbinary                 []byte
//	date                      text 2006-01-02
//	time                      text 15:04:05.000, with 0 to 12 digits after the point
//	timestamp                 text 2006-01-02 15:04:05.000, likewise
//	timestamp with time zone  text 2006-01-02 15:04:05.000 Asia/Tokyo
//	interval day to second    int64, milliseconds
//	interval year to month    int64, months
//	json                      JSON text
//	array, row                text, a JSON array
//	map                       text, a JSON object; all keys are strings
//
// An element of an array or a map that is returned, or passed as a separate argument, is an
// SQL value: a boolean is 1 or 0, a nested array, map or row is its JSON text.
//
// An element of type json is a string with the JSON text, so that the JSON null differs from NULL.
//
// # Nulls and errors
//
// A null argument makes the result null unless [Scalar.NullArgs] is set. A failure is an [*Error] with
// the service's message.
//
// # Casts
//
// An f_cast_T fails with Trino's message: Cannot cast 'abc' to BIGINT. Every f_cast_T has an
// f_try_cast_T with the same arguments, which returns null instead. An h_cast_T returns null for
// values that Hive cannot convert, and converts what only Hive accepts: 1.9 as an integer is 1.
//
// # Windows
//
// Aggregates can be used over window frames. If the start of a frame moves, f_replay runs the aggregate, which is fast if
// its State implements [Inverter].
package functions
