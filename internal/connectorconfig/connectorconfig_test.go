package connectorconfig

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	for name, tt := range map[string]struct{ in, want string }{
		"in alone":        {"in: {type: s3}", `{"in":{"type":"s3"},"out":{},"exec":{},"filters":[]}`},
		"nothing missing": {"filters: [{type: x}]\nout: {mode: append}\nin: {}\nexec: {a: 1}", `{"filters":[{"type":"x"}],"out":{"mode":"append"},"in":{},"exec":{"a":1}}`},
		"null members":    {"in: {}\nout:\nexec: ~\nfilters: null", `{"in":{},"out":{},"exec":{},"filters":[]}`},
		"other members":   {"in: {}\nmore: 1", `{"in":{},"more":1,"out":{},"exec":{},"filters":[]}`},
		"config around":   {"config: {in: {type: s3}, out: {mode: replace}}", `{"in":{"type":"s3"},"out":{"mode":"replace"},"exec":{},"filters":[]}`},
		"config of in":    {"config: {type: s3}", `{"in":{"type":"s3"},"out":{},"exec":{},"filters":[]}`},
		"source alone":    {"type: s3\nbucket: b", `{"in":{"type":"s3","bucket":"b"},"out":{},"exec":{},"filters":[]}`},
		"JSON":            {`{"in": {"type": "a/b", "s": "\ud83d\ude00<&>"}}`, `{"in":{"type":"a/b","s":"😀<&>"},"out":{},"exec":{},"filters":[]}`},
		"old booleans":    {"in: {a: yes, b: No, c: on, d: 'yes', e: \"off\", f: y}", `{"in":{"a":true,"b":false,"c":true,"d":"yes","e":"off","f":"y"},"out":{},"exec":{},"filters":[]}`},
		"texts":           {"in: {a: 2026-01-02, b: 007x, c: '1', d: !!str 1, e: |\n  x\n  y\n}", `{"in":{"a":"2026-01-02","b":"007x","c":"1","d":"1","e":"x\ny\n"},"out":{},"exec":{},"filters":[]}`},
		"numbers":         {"in: {a: 18446744073709551615, b: 1.50, c: 0x1F, d: 1e3, e: .5, f: -0}", `{"in":{"a":18446744073709551615,"b":1.50,"c":31,"d":1e3,"e":0.5,"f":-0},"out":{},"exec":{},"filters":[]}`},
		"aliases":         {"in: {a: &x {p: 1, q: 2}, b: *x, c: {<<: *x, q: 3}}", `{"in":{"a":{"p":1,"q":2},"b":{"p":1,"q":2},"c":{"q":3,"p":1}},"out":{},"exec":{},"filters":[]}`},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "texts" { // flow style has no literals
				tt.in = "in:\n  a: 2026-01-02\n  b: 007x\n  c: '1'\n  d: !!str 1\n  e: |\n    x\n    y\n"
			}
			c, err := Parse([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.JSON()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                                     "empty",
		"# nothing":                            "empty",
		"- a":                                  "not an object",
		"text":                                 "not an object",
		"in: [":                                "line 1",
		"in: {}\n---\nin: {}":                  "more than one document",
		"config: {in: {}}\nname: x":            `"config" must be the only member, but there is also "name"`,
		"config: 1":                            "not an object",
		"in: {a: 1, a: 2}":                     `duplicate name "a"`,
		"in: {a: .nan}":                        "no number",
		"in: {? [a] : 1}":                      "not a string",
		"in: &a {b: *a}":                       "nested",
		strings.Repeat("{a: ", 200):            "",
		"a: &a [x,x,x,x,x,x,x,x,x,x]\n" + bomb: "values",
	} {
		_, err := Parse([]byte(in))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: got %v, want %q", in, err, want)
		}
	}
}

const bomb = "b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"

func TestText(t *testing.T) {
	c, err := FromJSON([]byte(`{"z":{"yes":"yes","n":"1","d":"2026-01-02","i":9007199254740993,"f":1.0,"e":"","t":true,"nil":null,"m":"a\nb"},"a":[],"o":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	text, err := c.Text("x.yml")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text, "z:\n") {
		t.Errorf("the order is lost:\n%s", text)
	}
	back, err := ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want, _ := c.JSON()
	got, _ := back.JSON()
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("YAML and back (-want +got):\n%s\n%s", diff, text)
	}
	if text, err = c.Text("x.JSON"); err != nil || !json.Valid([]byte(text)) || !strings.HasSuffix(text, "}\n") {
		t.Errorf("%q, %v", text, err)
	}
}

func TestHide(t *testing.T) {
	got := Show([]byte(`{"in":{"type":"s3","access_key_id":"AKIA","secret_access_key":"s3cr3t","api_key":12,"primary_key":"id","auth":{"tokens":["a","b"]},
		"url":"mysql://me:pa55@host/db","password":null,"use_token":true,
		"consumer_key":"k1nd","Authorization":"Bearer b34r","x":"Basic b4s1c","headers":[{"name":"X-Api-Key","value":"h34d"},{"name":"Accept","value":"text/csv"}],
		"pem":"-----BEGIN RSA PRIVATE KEY-----\nMII\n"}}`))
	for _, secret := range []string{"AKIA", "s3cr3t", "12", "pa55", "- a", "k1nd", "b34r", "b4s1c", "h34d", "MII", "|"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is shown:\n%s", secret, got)
		}
	}
	for _, open := range []string{"type: s3", "primary_key: id", "use_token: true", "me:***@host", "value: text/csv"} {
		if !strings.Contains(got, open) {
			t.Errorf("%q is not shown:\n%s", open, got)
		}
	}
	if got := Show([]byte("no JSON mysql://me:pa55@host")); strings.Contains(got, "pa55") {
		t.Errorf("shown as it is: %s", got)
	}
}

func TestHideJSON(t *testing.T) {
	for in, want := range map[string]string{
		`{"in":{"password":"pa55","n":1}}`: `{"in":{"password":"***","n":1}}`,
		`{"in":`:                           "null",
		"{}":                               "{}",
	} {
		if got := string(HideJSON([]byte(in))); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestSet(t *testing.T) {
	c, err := Parse([]byte("in: {}\nexec: 1"))
	if err != nil {
		t.Fatal(err)
	}
	c.SetText("at", "out", "time_column")
	c.SetTexts([]string{"csv"}, "exec", "guess_plugins")
	got, err := c.JSON()
	if want := `{"in":{},"exec":{"guess_plugins":["csv"]},"out":{"time_column":"at"},"filters":[]}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
}

func TestWriteFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yml")
	for i, want := range []string{"", ".0", ".1"} {
		kept, err := WriteFile(path, strings.Repeat("x", i))
		if err != nil || strings.TrimPrefix(kept, path) != want {
			t.Errorf("%d: kept as %q, %v", i, kept, err)
		}
	}
	if b, err := os.ReadFile(path + ".1"); err != nil || string(b) != "x" {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := WriteFile(filepath.Dir(path), ""); err == nil {
		t.Error("a directory was overwritten")
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.part")); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

// TestWriteFileBesideOthers checks that an existing FILE.part affects neither the
// content nor the mode of a file that may contain secrets.
func TestWriteFileBesideOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "load.yml")
	if err := os.WriteFile(path+".part", []byte("another's"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path+".part", 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := WriteFile(path, "in: {}\n"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
	if other, err := os.ReadFile(path + ".part"); err != nil || string(other) != "another's" {
		t.Errorf("the other file is %q, %v", other, err)
	}
}

// FuzzParse checks that each accepted configuration becomes valid JSON, and survives
// the way through YAML.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"in: {type: s3}", `{"in":{"a":[1,2.5,null,"x"]}}`, "config: {a: yes}", "a: &x 1\nb: *x", "a: |\n  x\n y: z", "in: {a: \"\\t\u0085\", b: ' x '}", "? a\n: 0b11"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse([]byte(s))
		if err != nil {
			return
		}
		first, err := c.JSON()
		if err != nil || !json.Valid(first) {
			t.Fatalf("%q, %v", first, err)
		}
		again, err := FromJSON(first)
		if err != nil {
			t.Fatal(err)
		}
		text, err := again.YAML()
		if err != nil {
			t.Skip() // for example strings that YAML cannot represent
		}
		back, err := ParseObject([]byte(text))
		if err != nil {
			t.Fatalf("%v:\n%s", err, text)
		}
		if second, err := back.JSON(); err != nil || string(second) != string(first) {
			t.Fatalf("%s became %s, %v:\n%s", first, second, err, text)
		}
	})
}
