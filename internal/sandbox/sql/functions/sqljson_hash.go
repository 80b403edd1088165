package functions

import (
	"cmp"
	"slices"
	"unicode/utf16"
)

// sortByHash orders members as a hash table of Java does: by the bucket of the key in a table whose size is the
// power of two above 4/3 of their number, at least 16. See
// https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/HashMap.html.
func sortByHash(members Object) {
	size := uint32(16)
	for 4*len(members) > 3*int(size) {
		size *= 2
	}
	bucket := func(m Member) uint32 {
		hash := uint32(0)
		for _, c := range utf16.Encode([]rune(m.Key)) {
			hash = 31*hash + uint32(c)
		}
		return (hash ^ hash>>16) & (size - 1)
	}
	slices.SortStableFunc(members, func(a, b Member) int { return cmp.Compare(bucket(a), bucket(b)) })
}
