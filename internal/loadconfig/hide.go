package loadconfig

import (
	"encoding/json"
	"regexp"

	"go.yaml.in/yaml/v3"

	"github.com/td-cli/td/internal/api"
)

// Hidden stands where a secret was.
const Hidden = "***"

// secret matches the names of settings that are nobody's business.
var secret = regexp.MustCompile(`(?i)passw|passphrase|secret|token|credential|signature|private_?key|(api|access|account|auth)_?key|^key_id$|keyfile|json_key`)

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
		for i := 0; i+1 < len(n.Content); i += 2 {
			value, h := hide(n.Content[i+1], all || secret.MatchString(n.Content[i].Value))
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
		if all && n.Tag != "!!null" && n.Tag != "!!bool" && n.Value != "" {
			out.Tag, out.Value, hidden = "!!str", Hidden, true
		}
	}
	return &out, hidden
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
