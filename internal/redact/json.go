package redact

import (
	"bytes"
	"encoding/json"
	"strings"
)

// JSON returns a JSON value without secrets, and whether it contained any. The order of the members is kept. The
// result is null if raw is not valid JSON.
func JSON(raw json.RawMessage) (safe json.RawMessage, redacted bool) {
	if !json.Valid(raw) {
		return json.RawMessage("null"), true
	}
	var w jsonWriter
	w.value(raw, false)
	if !w.redacted {
		return raw, false
	}
	return w.out.Bytes(), true
}

// jsonText redacts a string that is a JSON object or array. It reports false for any other string.
func jsonText(s string) (safe string, ok bool) {
	trimmed := strings.TrimSpace(s)
	if !strings.HasPrefix(trimmed, "{") && !strings.HasPrefix(trimmed, "[") || !json.Valid([]byte(trimmed)) {
		return "", false
	}
	raw, redacted := JSON(json.RawMessage(trimmed))
	if !redacted {
		return s, true
	}
	return string(raw), true
}

// A jsonWriter writes a JSON value without secrets. Its input must be valid.
type jsonWriter struct {
	out      bytes.Buffer
	redacted bool
}

// value writes a value. If secret is set, every string and number in it is masked.
func (w *jsonWriter) value(raw json.RawMessage, secret bool) {
	raw = bytes.TrimSpace(raw)
	switch raw[0] {
	case '{':
		w.object(raw, secret)
	case '[':
		w.array(raw, secret)
	case '"':
		w.string(raw, secret)
	default:
		if number := raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9'; number && secret {
			w.mask()
			return
		}
		w.out.Write(raw)
	}
}

func (w *jsonWriter) mask() {
	w.redacted = true
	w.out.WriteString(`"` + Mask + `"`)
}

func (w *jsonWriter) string(raw json.RawMessage, secret bool) {
	var s string
	_ = json.Unmarshal(raw, &s) // valid, as the whole input is
	switch {
	case s == "":
		w.out.Write(raw)
	case secret || secretValue().MatchString(s) || strings.Contains(s, "PRIVATE KEY-----"):
		w.mask()
	default:
		safe := Text(s)
		if safe == s {
			w.out.Write(raw)
			return
		}
		w.redacted = true
		w.out.Write(quote(safe))
	}
}

// member is a member of an object.
type member struct {
	name  string
	key   json.RawMessage
	value json.RawMessage
}

func (w *jsonWriter) object(raw json.RawMessage, secret bool) {
	members := decodeObject(raw)
	named := namesSecret(members)
	w.out.WriteByte('{')
	for i, m := range members {
		if i > 0 {
			w.out.WriteByte(',')
		}
		w.out.Write(m.key)
		w.out.WriteByte(':')
		w.value(m.value, secret || IsSecretName(m.name) || named && m.name == "value")
	}
	w.out.WriteByte('}')
}

// namesSecret reports whether an object has the form {"name":"Authorization","value":…}.
func namesSecret(members []member) bool {
	for _, m := range members {
		switch m.name {
		case "name", "key", "header":
			var s string
			if json.Unmarshal(m.value, &s) == nil && IsSecretName(s) {
				return true
			}
		}
	}
	return false
}

func (w *jsonWriter) array(raw json.RawMessage, secret bool) {
	w.out.WriteByte('[')
	d := json.NewDecoder(bytes.NewReader(raw))
	_, _ = d.Token()
	for i := 0; d.More(); i++ {
		if i > 0 {
			w.out.WriteByte(',')
		}
		var item json.RawMessage
		_ = d.Decode(&item)
		w.value(item, secret)
	}
	w.out.WriteByte(']')
}

// decodeObject returns the members of an object in their order.
func decodeObject(raw json.RawMessage) []member {
	var members []member
	d := json.NewDecoder(bytes.NewReader(raw))
	_, _ = d.Token()
	for d.More() {
		var m member
		token, _ := d.Token()
		m.name, _ = token.(string)
		m.key = quote(m.name)
		_ = d.Decode(&m.value)
		members = append(members, m)
	}
	return members
}

// quote returns s as a JSON string.
func quote(s string) json.RawMessage {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s)
	return bytes.TrimSpace(b.Bytes())
}
