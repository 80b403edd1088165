package compat

import (
	"strings"

	"github.com/td-cli/td/internal/redact"
	"github.com/td-cli/td/internal/shellscript"
)

// maxSource is the length of a call in the report.
const maxSource = 160

// redactCall returns the source of a call without secrets.
func redactCall(c call) string {
	text := redactSource(c.Source)
	mask := func(secret string) {
		if len(secret) > 2 && !strings.Contains(secret, shellscript.Unknown) {
			text = strings.ReplaceAll(text, secret, redact.Mask)
		}
	}
	for name, f := range c.flags {
		if f.Attached && isSecret(name) {
			mask(f.Value)
		}
	}
	if c.name == "apikey:set" || c.name == "user:apikey:remove" {
		for _, arg := range c.args {
			mask(arg)
		}
	}
	if len(text) > maxSource {
		text = strings.ToValidUTF8(text[:maxSource], "") + "…"
	}
	return text
}

// redactSource returns shell code without the values of flags that are secrets, and without
// secrets that have the form of one.
func redactSource(code string) string {
	code = redact.Text(code)
	words := strings.Split(code, " ")
	for i, word := range words {
		name, value, attached := strings.Cut(word, "=")
		name = strings.TrimLeft(name, `"'`)
		switch {
		case strings.HasPrefix(name, "--") && isSecret(name[2:]) && attached:
			words[i] = name + "=" + maskWord(value)
		case name == "-k" || strings.HasPrefix(name, "--") && isSecret(name[2:]) && name != "--password": // of query, without a value
			if i+1 < len(words) {
				words[i+1] = maskWord(words[i+1])
			}
		case strings.HasPrefix(name, "-k") && len(word) > 4:
			words[i] = "-k" + maskWord(word[2:])
		}
	}
	return strings.Join(words, " ")
}

// maskWord replaces a word of shell code, unless it is only a parameter.
func maskWord(word string) string {
	if strings.HasPrefix(strings.Trim(word, `"`), "$") || strings.HasPrefix(word, "-") {
		return word
	}
	return redact.Mask
}

// isSecret reports whether the value of a flag is a secret.
func isSecret(flag string) bool {
	return len(flag) > 2 && strings.HasPrefix("apikey", flag) || flag == "aws-key-id" || flag == "access-id" || redact.IsSecretName(flag) ||
		strings.Contains(flag, "secret") || strings.HasSuffix(flag, "-password")
}
