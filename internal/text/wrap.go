package text

// Wrap joins words to lines of at most columns cells. A wider word has its own line.
func Wrap(words []string, columns int) []string {
	var lines []string
	for _, word := range words {
		if last := len(lines) - 1; last >= 0 && Width(lines[last])+1+Width(word) <= columns {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
