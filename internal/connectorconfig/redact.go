package connectorconfig

import (
	"encoding/json"
	"regexp"

	"go.yaml.in/yaml/v3"

	"github.com/td-cli/td/internal/api"
)

// Hidden stands where a secret was.
const Hidden = "***"

// secret matches the names of settings that are nobody's business.
var secret = regexp.MustCompile(`(?i)passw|passphrase|secret|token|credential|signature|authorization|cookie|pem$|private_?key|` +
	`(api|access|account|auth|consumer|client|app|ssh|shared|master|subscription|storage|encryption|signing|license)[_-]?key|` +
	`^key_id$|keyfile|json_key`)

// secretText matches texts that are secrets whatever they are called.
var secretText = regexp.MustCompile(`PRIVATE KEY-----|(?i:^\s*(bearer|basic|td1)\s)`)

// Hide returns the configuration without secrets, and whether there were any.
func (c Config) Hide() (Config, bool) {
	root, hidden := hide(c.root, false)
	return Config{root}, hidden
}

func hide(n *yaml.Node, all bool) (*yaml.Node, bool) {
	out := *n
	out.Content = nil
	hidden := false
	switch n.Kind {
	case yaml.MappingNode:
		named := namesSecret(n)
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			value, h := hide(n.Content[i+1], all || secret.MatchString(name) || named && name == "value")
			out.Content = append(out.Content, n.Content[i], value)
			hidden = hidden || h
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			value, h := hide(item, all)
			out.Content = append(out.Content, value)
			hidden = hidden || h
		}
	default:
		if safe := api.RedactURL(n.Value); n.Tag == "!!str" && safe != n.Value {
			out.Value, hidden = safe, true
		}
		all = all && n.Tag != "!!null" && n.Tag != "!!bool" && n.Value != ""
		if all || secretText.MatchString(n.Value) {
			out.Tag, out.Value, out.Style, hidden = "!!str", Hidden, 0, true
		}
	}
	return &out, hidden
}

// namesSecret reports whether an object is of the form {name: Authorization, value: …}.
func namesSecret(n *yaml.Node) bool {
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch n.Content[i].Value {
		case "name", "key", "header":
			if secret.MatchString(n.Content[i+1].Value) {
				return true
			}
		}
	}
	return false
}

// HideJSON returns a configuration of the service without secrets, or null when it cannot
// be read as one.
func HideJSON(raw json.RawMessage) json.RawMessage {
	c, err := FromJSON(raw)
	if err != nil {
		return json.RawMessage("null")
	}
	c, _ = c.Hide()
	safe, err := c.JSON()
	if err != nil {
		return json.RawMessage("null")
	}
	return safe
}

// Show returns a configuration of the service as a person reads it, YAML without secrets;
// what cannot be read as one is shown as it is, without secrets in URLs.
func Show(raw json.RawMessage) string {
	c, err := FromJSON(raw)
	if err != nil {
		return api.RedactURL(string(raw)) + "\n"
	}
	c, _ = c.Hide()
	text, err := c.YAML()
	if err != nil {
		return api.RedactURL(string(raw)) + "\n"
	}
	return text
}
