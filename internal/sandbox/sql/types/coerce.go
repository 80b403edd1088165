package types

// Common returns the type to which values of a and of b are converted when they meet, as in a comparison or in
// a CASE. Hive converts all scalars to strings if nothing better fits.
func Common(a, b Type, hive bool) (Type, bool) {
	switch {
	case a.IsUnknown():
		return b, true
	case b.IsUnknown():
		return a, true
	case Equal(a, b):
		if b.ContainsNaN() {
			a = a.WithNaN()
		}
		return widen(a, b), true
	case a.IsText() && b.IsText():
		return commonChar(a, b), true
	case a.IsNumber() && b.IsNumber():
		t := commonNumber(a, b)
		t.NaN = t.IsFloat() && (a.NaN || b.NaN)
		return t, true
	case a.IsTemporal() && b.IsTemporal(), a.IsTimeOfDay() && b.IsTimeOfDay():
		if b.IsZoned() || a.Is("date") {
			a, b = b, a
		}
		return a.WithPrecision(max(a.Precision, b.Precision)), true
	case a.Name == b.Name && len(a.Args) == len(b.Args) && len(a.Args) > 0:
		t := Type{Name: a.Name, Fields: a.Fields}
		for i := range a.Args {
			c, ok := Common(a.Args[i], b.Args[i], hive)
			if !ok {
				return Type{}, false
			}
			t.Args = append(t.Args, c)
		}
		return t, true
	}
	if hive && len(a.Args) == 0 && len(b.Args) == 0 {
		return Named("varchar"), true
	}
	return Type{}, false
}

// widen returns a with the lengths of strings that hold the values of an equal type b too.
func widen(a, b Type) Type {
	a.Bounded, a.Length = a.Bounded && b.Bounded, max(a.Length, b.Length)
	if len(a.Args) == 0 {
		return a
	}
	args := make([]Type, len(a.Args))
	for i := range args {
		args[i] = widen(a.Args[i], b.Args[i])
	}
	a.Args = args
	return a
}

// commonChar returns the type of values of a char with those of a char or a varchar of another length.
func commonChar(a, b Type) Type {
	length := 0
	for _, t := range []Type{a, b} {
		switch {
		case t.Is("char"):
			length = max(length, t.Precision)
		case t.Bounded:
			length = max(length, t.Length)
		default:
			length = MaxCharLength
		}
	}
	return Char(length)
}

// commonNumber returns the numeric type that holds the values of both.
func commonNumber(a, b Type) Type {
	if a.Rank() < b.Rank() {
		a, b = b, a
	}
	if a.Name != "decimal" {
		return a
	}
	b = AsDecimal(b)
	scale := max(a.Scale, b.Scale)
	return Type{Name: "decimal", Precision: min(38, max(a.Precision-a.Scale, b.Precision-b.Scale)+scale), Scale: scale}
}

// AsDecimal returns the decimal type that holds all values of an integer type. Other types are returned unchanged.
func AsDecimal(t Type) Type {
	switch t.Name {
	case "tinyint":
		return Type{Name: "decimal", Precision: 3}
	case "smallint":
		return Type{Name: "decimal", Precision: 5}
	case "integer":
		return Type{Name: "decimal", Precision: 10}
	case "bigint":
		return Type{Name: "decimal", Precision: 19}
	}
	return t
}

// Coercible reports whether a value of type from is accepted where to is expected. The distance is the smaller
// the better the types match.
func Coercible(from, to Type, hive bool) (distance int, ok bool) {
	if Equal(from, to) {
		return 0, true
	}
	if from.IsUnknown() {
		return 1, true
	}
	if from.HasClock() && from.Name == to.Name && !hive {
		return 0, true // functions accept every precision
	}
	if from.IsNumber() && to.IsNumber() && from.Rank() <= to.Rank() {
		return 1 + to.Rank() - from.Rank(), true
	}
	if c, ok := Common(from, to, false); ok && Equal(c, to) {
		return 2, true
	}
	if !hive || len(from.Args) > 0 || len(to.Args) > 0 {
		return 0, false
	}
	switch {
	case to.Is("varchar"):
		return 20, true
	case from.IsNumber() && to.IsNumber():
		return 12, true
	case from.Is("varchar") && to.Is("double"): // as in sum('1.5')
		return 14, true
	case from.Is("varchar") && (to.IsNumber() || to.IsTemporal()):
		return 15, true
	case from.IsTemporal() && to.IsTemporal():
		return 14, true
	case from.IsNumber() && to.Is("timestamp"), from.Is("boolean") && to.IsNumber():
		return 30, true
	}
	return 0, false
}
