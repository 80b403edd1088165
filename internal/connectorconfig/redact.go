package connectorconfig

import (
	"encoding/json"
	"strings"

	"github.com/td-cli/td/internal/redact"
)

// Hide returns the configuration without secrets, and whether there were any.
func (c Config) Hide() (Config, bool) {
	raw, err := c.JSON()
	if err != nil {
		return Config{object()}, true
	}
	safe, hidden := redact.JSON(raw)
	if !hidden {
		return c, false
	}
	redacted, err := FromJSON(safe)
	if err != nil {
		return Config{object()}, true
	}
	return redacted, true
}

// HideJSON returns a configuration in the form of the service without secrets, or null if it is not an object.
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

// Show returns a configuration in the form of the service as YAML without secrets. If it is not an object, it is
// returned as text.
func Show(raw json.RawMessage) string {
	c, err := FromJSON(raw)
	if err != nil {
		return redact.Text(string(raw)) + "\n"
	}
	c, _ = c.Hide()
	text, err := c.YAML()
	if err != nil {
		return redact.Text(string(raw)) + "\n"
	}
	return text
}

// ShowDocument is Show with the start of a YAML document, as the Ruby toolbelt prints it.
func ShowDocument(raw json.RawMessage) string {
	text := Show(raw)
	if strings.HasPrefix(text, "{}") {
		return "--- " + text
	}
	return "---\n" + text
}
