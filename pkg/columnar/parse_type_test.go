package columnar

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func list(element Type) Type { return Type{Kind: List, Fields: []Field{{"element", element}}} }

func mapOf(key, value Type) Type {
	return Type{Kind: Map, Fields: []Field{{"key", key}, {"value", value}}}
}

func row(fields ...Field) Type { return Type{Kind: Struct, Fields: fields} }

// TestParseType checks the names of types of Trino and Hive.
func TestParseType(t *testing.T) {
	decimal := func(p, s int) Type { return Type{Kind: Decimal, Precision: p, Scale: s} }
	text, integer := Type{}, Type{Kind: Int32}
	for name, want := range map[string]Type{
		"":                                   text,
		"hyperloglog":                        text,
		"varchar":                            text,
		"varchar(10)":                        text,
		"char(5)":                            text,
		"string":                             text,
		"json":                               text,
		"uuid":                               text,
		"ipaddress":                          text,
		"unknown":                            text,
		"void":                               text,
		"interval day to second":             text,
		"uniontype<int,string>":              text,
		"time with time zone":                text,
		"time(3) with time zone":             text,
		"boolean":                            {Kind: Bool},
		"tinyint":                            {Kind: Int8},
		"smallint":                           {Kind: Int16},
		"int":                                integer,
		"INTEGER":                            integer,
		"bigint":                             {Kind: Int64},
		"long":                               {Kind: Int64},
		"real":                               {Kind: Float32},
		"float":                              {Kind: Float32},
		"double":                             {Kind: Float64},
		"double precision":                   {Kind: Float64},
		"date":                               {Kind: Date},
		"binary":                             {Kind: Binary},
		"varbinary":                          {Kind: Binary},
		"decimal":                            decimal(38, 0),
		"decimal(10)":                        decimal(10, 0),
		"decimal(38, 10)":                    decimal(38, 10),
		"decimal(39,0)":                      text,
		"decimal(3,4)":                       text,
		"decimal(a)":                         text,
		"time":                               {Kind: Time},
		"time(9)":                            {Kind: Time, Nanos: true},
		"timestamp":                          {Kind: Timestamp},
		"timestamp(3)":                       {Kind: Timestamp},
		"timestamp(6)":                       {Kind: Timestamp},
		"timestamp(7)":                       {Kind: Timestamp, Nanos: true},
		"timestamp(3) with time zone":        {Kind: Timestamp, UTC: true},
		"timestamp  with  time zone":         {Kind: Timestamp, UTC: true},
		"timestamp with local time zone":     {Kind: Timestamp, UTC: true},
		"timestamp(3) without time zone":     {Kind: Timestamp},
		"timestamp(3) of day":                text,
		"array(integer)":                     list(integer),
		"array<int>":                         list(integer),
		"array(array(decimal(3,1)))":         list(list(decimal(3, 1))),
		"array(hyperloglog)":                 list(text),
		"array":                              text,
		"array(integer":                      text,
		"map(varchar, array(integer))":       mapOf(text, list(integer)),
		"map<string,int>":                    mapOf(text, integer),
		"map(varchar)":                       text,
		"struct<a:int,b:array<string>>":      row(Field{"a", integer}, Field{"b", list(text)}),
		"struct<a b:int,interval:date>":      row(Field{"a b", integer}, Field{"interval", Type{Kind: Date}}),
		"row(integer, varchar)":              row(Field{"field0", integer}, Field{"field1", text}),
		"row(a integer, b c varchar)":        row(Field{"a", integer}, Field{"b c", text}),
		`row("a, ""b" integer, "date" date)`: row(Field{`a, "b`, integer}, Field{"date", Type{Kind: Date}}),
		"row(date date, a hyperloglog)":      row(Field{"date", Type{Kind: Date}}, Field{"a", text}),
		"row(t timestamp(3) with time zone)": row(Field{"t", Type{Kind: Timestamp, UTC: true}}),
		"row(timestamp with time zone)":      row(Field{"field0", Type{Kind: Timestamp, UTC: true}}),
		"row(a integer, a integer)":          row(Field{"a", integer}, Field{"a_2", integer}),
		"row(a row(b integer))":              row(Field{"a", row(Field{"b", integer})}),
	} {
		if diff := cmp.Diff(want, ParseType(name)); diff != "" {
			t.Errorf("ParseType(%q) (-want +got):\n%s", name, diff)
		}
	}
}
