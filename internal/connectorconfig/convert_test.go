package connectorconfig

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestYAMLStrings checks that strings that resemble other YAML values are strings
// again after the way through YAML.
func TestYAMLStrings(t *testing.T) {
	for _, s := range []string{
		"", " ", "~", "null", "Null", "yes", "No", "on", "OFF", "y", "N", "true", "False", "1", "-1", "+1", "1e3", "0x1F", "0o17", "1_000",
		".5", "1:30", "2026-01-02", "2026-01-02 03:04:05", "- a", "a: b", "# a", "a # b", "{a}", "[a]", "&a", "*a", "!a", "|", ">", "%a", "@a", "`a",
		"'a'", `"a"`, "a\nb", "a\n", "\na", "\ta", "a\u0085b", "a\u2028b", "\ufeffa", "\x1b", "日本", "a\\nb",
	} {
		c, err := ParseObject([]byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		c.SetText(s, "in", "value")
		text, err := c.YAML()
		if err != nil {
			t.Errorf("%q: %v", s, err)
			continue
		}
		back, err := ParseObject([]byte(text))
		if err != nil {
			t.Errorf("%q: %v in\n%s", s, err, text)
			continue
		}
		want, err := c.JSON()
		if err != nil {
			t.Fatal(err)
		}
		got, err := back.JSON()
		if diff := cmp.Diff(string(want), string(got)); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got)\n%s\n%s", s, err, diff, text)
		}
	}
}

// TestLimits checks that nesting is limited in YAML and in JSON, and that a
// configuration at the limit is accepted.
func TestLimits(t *testing.T) {
	nested := func(n int) (yaml, json string) {
		return strings.Repeat("{a: ", n) + "1" + strings.Repeat("}", n), strings.Repeat(`{"a":`, n) + "1" + strings.Repeat("}", n)
	}
	for _, tt := range []struct {
		depth int
		ok    bool
	}{{maxDepth, true}, {maxDepth + 1, false}} {
		yaml, json := nested(tt.depth)
		for _, text := range []string{yaml, json} {
			if _, err := ParseObject([]byte(text)); (err == nil) != tt.ok {
				t.Errorf("%d levels, %.10s: %v", tt.depth, text, err)
			}
		}
	}
}

func TestFromJSON(t *testing.T) {
	for in, want := range map[string]string{
		"":                              "{}",
		" \n":                           "{}",
		`{"b":1,"a":[true,null,"x<y"]}`: `{"b":1,"a":[true,null,"x<y"]}`,
		`{"a":1,"a":2}`:                 `{"a":2}`,
		`{"n":12345678901234567890}`:    `{"n":12345678901234567890}`,
		`{"f":1.50}`:                    `{"f":1.50}`,
		`{"e":"\u00e9\ud83d\ude00"}`:    `{"e":"é😀"}`,
	} {
		c, err := FromJSON([]byte(in))
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if got, err := c.JSON(); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v, want %s", in, got, err, want)
		}
	}
	for _, in := range []string{"{", `{"a":}`, `{"a" 1}`, "nope"} {
		if c, err := FromJSON([]byte(in)); err == nil {
			t.Errorf("%s was accepted: %v", in, c)
		}
	}
}

func TestSetTextCreatesObjects(t *testing.T) {
	c, err := ParseObject([]byte("in: {parser: 1, type: s3}"))
	if err != nil {
		t.Fatal(err)
	}
	c.SetText("csv", "in", "parser", "type")
	c.SetText("gcs", "in", "type")
	c.SetTexts(nil, "filters")
	want := `{"in":{"parser":{"type":"csv"},"type":"gcs"},"filters":[]}`
	if got, err := c.JSON(); err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}
