package cli

// OptionalNext is the annotation of a flag whose value may be left out, and may be the next
// argument all the same: --slow, --slow=60 and --slow 60.
const OptionalNext = "td_optional_next"
