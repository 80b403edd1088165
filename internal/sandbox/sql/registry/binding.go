package registry

import (
	"slices"

	"github.com/td-cli/td/internal/sandbox/sql/types"
)

// A Binding holds the types of a signature's variables in a call.
type Binding map[string]types.Type

// Match reports whether the signature accepts arguments of these types. The distance is the smaller the fewer
// conversions are needed.
func (s Signature) Match(args []types.Type, hive bool) (b Binding, distance int, ok bool) {
	if len(args) < s.required || len(args) > len(s.Params) && !s.variadic {
		return nil, 0, false
	}
	b = Binding{}
	for i, a := range args {
		d, ok := b.bind(s.Param(i), a, hive)
		if hive {
			d, ok = b.bindHive(s.Param(i), s.suffix(i), a)
		}
		if !ok {
			return nil, 0, false
		}
		distance += d
	}
	return b, distance, true
}

// MostSpecific returns the index of the signature that Trino chooses for arguments of which some are of unknown type:
// that whose parameters all the others accept, or any one if their results have the same type. It is false if there is
// none. Signatures that convert an argument of a known type are only considered if all do.
func MostSpecific(signatures []Signature, args []types.Type) (index int, ok bool) {
	var exact, all []int
	results := map[int]types.Type{}
	for i, s := range signatures {
		b, _, ok := s.Match(args, false)
		if !ok {
			continue
		}
		all = append(all, i)
		results[i] = b.Resolve(s.Result)
		if s.acceptsExactly(args) {
			exact = append(exact, i)
		}
	}
	if len(exact) > 0 {
		all = exact
	}
	for _, i := range all {
		result := signatures[i].Result
		if !slices.ContainsFunc(all, func(k int) bool { return !signatures[i].moreSpecific(signatures[k], args) }) {
			return i, !result.Is("D", "E") || !results[i].IsUnknown()
		}
	}
	return all[0], !slices.ContainsFunc(all, func(k int) bool { return !types.Equal(results[k], results[all[0]]) })
}

// acceptsExactly reports whether a signature that accepts the arguments converts none of them but those of unknown type.
func (s Signature) acceptsExactly(args []types.Type) bool {
	for i, a := range args {
		p := s.Param(i)
		if variable := len(p.Name) == 1 || p.Is("any", "decimal", "char"); !variable && !a.IsUnknown() && a.Name != p.Name {
			return false
		}
	}
	return true
}

// moreSpecific reports whether other accepts the values of the parameters of s that are arguments of unknown type.
func (s Signature) moreSpecific(other Signature, args []types.Type) bool {
	for i, a := range args {
		p, q := s.Param(i), other.Param(i)
		if !a.IsUnknown() || types.Equal(p, q) || q.Is("T", "U", "V", "W", "K", "any") {
			continue
		}
		if p.Is("T", "U", "V", "W", "K", "any", "N", "D", "E", "decimal", "char") {
			return false
		}
		if q.Is("N") && p.IsNumber() || q.Is("char") && p.Is("varchar") || q.Is("decimal") && p.IsInteger() {
			continue
		}
		if _, ok := types.Coercible(p, q, false); !ok {
			return false
		}
	}
	return true
}

// acceptSuffixes are the suffixes of parameters that restrict or extend what Hive accepts.
const acceptSuffixes = "!?*"

// suffix returns the suffix of the i-th parameter, or 0.
func (s Signature) suffix(i int) byte { return s.accepts[min(i, len(s.accepts)-1)] }

// TakesPrimitive reports whether the i-th parameter is the text of any value that is not nested.
func (s Signature) TakesPrimitive(i int) bool { return s.suffix(i) == '*' }

// bindHive is like bind, with the suffix of the parameter.
func (b Binding) bindHive(p types.Type, suffix byte, a types.Type) (distance int, ok bool) {
	switch suffix {
	case '*':
		return 25, len(a.Args) == 0
	case '!', '?':
		switch {
		case a.IsUnknown():
			return 1, suffix == '?'
		case p.Is("T"):
			return 0, types.Equal(b["T"], a)
		case p.IsNumber() && !a.IsNumber(), p.Is("varchar") && !a.IsText(), p.Is("timestamp") && a.Is("date"):
			return 0, false
		}
	}
	distance, ok = b.bind(p, a, true)
	if p.Is("N") && a.Is("decimal") { // a parameter of type decimal is better
		distance++
	}
	return distance, ok
}

// Param returns the type of the i-th parameter. The last one is repeated.
func (s Signature) Param(i int) types.Type { return s.Params[min(i, len(s.Params)-1)] }

// bind matches an argument of type a with a parameter of type p.
func (b Binding) bind(p, a types.Type, hive bool) (distance int, ok bool) {
	switch p.Name {
	case "any":
		return 5, true
	case "lambda":
		return 0, false
	case "T", "U", "V", "W", "K":
		common := types.CommonHive
		if !hive {
			common = func(a, b types.Type) (types.Type, bool) { return types.Common(a, b, false) }
		}
		t, ok := common(b[p.Name], a)
		if !ok {
			return 0, false
		}
		if !b[p.Name].IsUnknown() && !types.Equal(b[p.Name], a) {
			distance = 1
		}
		b[p.Name] = t
		return distance + 3, true
	case "N":
		if hive && a.IsText() {
			a, distance = types.Named("double"), 15
		}
		t, ok := types.Common(b[p.Name], a, false)
		b[p.Name] = t
		return distance, ok && (t.IsNumber() || t.IsUnknown())
	case "char":
		b[p.Name] = a
		return 0, a.Is("char")
	case "D", "E":
		b[p.Name] = a
		return 0, a.IsTemporal() || a.IsUnknown()
	}
	if len(p.Args) > 0 && (a.Name == p.Name && len(a.Args) == len(p.Args) || a.IsUnknown()) {
		for i := range p.Args {
			element := types.Type{}
			if !a.IsUnknown() {
				element = a.Args[i]
			}
			d, ok := b.bind(p.Args[i], element, hive)
			if !ok {
				return 0, false
			}
			distance += d
		}
		return distance, true
	}
	if p.Is("decimal") {
		return 0, a.Is("decimal")
	}
	if hive {
		return types.CoercibleHive(a, p)
	}
	if p.Bounded && a.Is("varchar") && (!a.Bounded || a.Length > p.Length) {
		return 0, false
	}
	return types.Coercible(a, p, hive)
}

// Resolve replaces the variables of t. Those without an argument are unknown.
func (b Binding) Resolve(t types.Type) types.Type {
	switch t.Name {
	case "T", "U", "V", "W", "K", "N", "D", "E", "any", "char":
		return b[t.Name]
	}
	if len(t.Args) == 0 {
		return t
	}
	out := types.Type{Name: t.Name, Fields: t.Fields}
	for _, a := range t.Args {
		out.Args = append(out.Args, b.Resolve(a))
	}
	return out
}
