package types

const maxPrecision = 38

// CommonHive returns the type to which Hive converts values that must be of one type: the results of IF, CASE and
// coalesce, the elements of an array, and the operands of IN. See
// https://hive.apache.org/docs/latest/language/languagemanual-types/#allowed-implicit-conversions.
func CommonHive(a, b Type) (Type, bool) {
	switch {
	case a.IsUnknown(), b.IsUnknown(), Equal(a, b):
		return Common(a, b, false)
	case a.IsNumber() && b.IsNumber():
		return commonHiveNumber(a, b), true
	case a.IsText() && b.IsText(), a.isString() && b.convertsToText(), b.isString() && a.convertsToText(),
		a.IsText() && b.Is("date", "timestamp"), b.IsText() && a.Is("date", "timestamp"):
		return Named("varchar"), true
	}
	return Type{}, false
}

// commonHiveNumber returns the type of two numbers. A decimal keeps its digits before the point rather than those after.
func commonHiveNumber(a, b Type) Type {
	t, _ := Common(a, b, false)
	if !t.Is("decimal") {
		return t
	}
	a, b = AsDecimal(a), AsDecimal(b)
	whole := max(a.Precision-a.Scale, b.Precision-b.Scale)
	t.Scale = min(t.Scale, maxPrecision-whole)
	t.Precision = whole + t.Scale
	return t
}

// UnionHive returns the type of a column of UNION in Hive.
func UnionHive(a, b Type) (Type, bool) {
	switch {
	case a.Is("char") && b.Is("char"):
		return Char(max(a.Precision, b.Precision)), true
	case a.IsText() && b.IsText() && a.Name != b.Name:
		return Named("varchar"), true
	}
	return Common(a, b, false)
}

// isString reports whether t is a string, not a varchar(n) or a char(n).
func (t Type) isString() bool { return t.Is("varchar") && !t.Bounded }

// convertsToText reports whether Hive converts values to strings implicitly.
func (t Type) convertsToText() bool { return t.IsNumber() || t.Is("varchar", "date", "timestamp") }

// ComparableHive returns the type as which Hive compares two values. It compares a date or a timestamp with text as
// such, a date with a number as text, and other values of different types as doubles.
func ComparableHive(a, b Type) (Type, bool) {
	switch {
	case len(a.Args) > 0 || len(b.Args) > 0:
		return Type{}, false
	case a.IsText() && b.IsText() && a.Name != b.Name:
		return Named("varchar"), true
	case a.Is("char") && b.Is("char"):
		return Char(max(a.Precision, b.Precision)), true
	case a.IsNumber() && b.IsNumber():
		return commonHiveNumber(a, b), true
	case a.IsUnknown(), b.IsUnknown(), Equal(a, b), a.IsTemporal() && b.IsTemporal():
		return Common(a, b, false)
	case a.IsInterval() && b.IsInterval(), a.Is("boolean") && b.Is("date"), a.Is("date") && b.Is("boolean"):
		return Type{}, false
	case a.IsText() && b.Is("date", "timestamp"):
		return b, true
	case b.IsText() && a.Is("date", "timestamp"):
		return a, true
	case a.Is("date") && b.IsNumber(), b.Is("date") && a.IsNumber():
		return Named("varchar"), true
	}
	return Named("double"), true
}

// IsInterval reports whether the type is that of an interval.
func (t Type) IsInterval() bool { return t.Is("interval day to second", "interval year to month") }

// CoercibleHive reports whether Hive accepts a value of type from where a function expects one of type to. The distance
// is the smaller the better the types match.
func CoercibleHive(from, to Type) (distance int, ok bool) {
	switch {
	case Equal(from, to):
		return 0, true
	case from.IsUnknown():
		return 1, true
	case from.IsNumber() && to.IsNumber() && from.Rank() <= to.Rank():
		return 1 + to.Rank() - from.Rank(), true
	case from.Is("date") && to.Is("timestamp"):
		return 2, true
	case from.Is("timestamp") && to.Is("date"):
		return 14, true
	case from.IsText() && to.Is("varchar"):
		return 1, true
	case from.IsText() && to.Is("double", "decimal"):
		return 14, true
	case to.Is("varchar") && from.convertsToText():
		return 20, true
	}
	if from.Name == to.Name && len(from.Args) == len(to.Args) && len(from.Args) > 0 {
		for i := range from.Args {
			d, ok := CoercibleHive(from.Args[i], to.Args[i])
			if !ok {
				return 0, false
			}
			distance += d
		}
		return distance, true
	}
	return 0, false
}
