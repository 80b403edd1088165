package argv

import "github.com/spf13/pflag"

// optionalKey is the annotation that MakeValueOptional sets.
const optionalKey = "td-optional-value"

// MakeValueOptional lets the value of a flag be omitted at the end of the line and before
// another flag. Its value is then NoOptDefVal, or empty if there is none.
func MakeValueOptional(fs *pflag.FlagSet, name string) { _ = fs.SetAnnotation(name, optionalKey, nil) }

// HasOptionalValue reports whether the value of f may be omitted, as after MakeValueOptional.
func HasOptionalValue(f *pflag.Flag) bool {
	_, ok := f.Annotations[optionalKey]
	return ok
}
