package shellscript_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/shellscript"
)

func find(name, src string) *shellscript.Script {
	return shellscript.Find(src, shellscript.Options{
		Name: name, Program: "td",
		IsVerb: func(word string) bool { return word == "query" || strings.Contains(word, ":") },
	})
}

// describe returns the place and the words of each call, and each problem.
func describe(s *shellscript.Script) (lines []string) {
	for _, c := range s.Calls {
		words := []string{fmt.Sprintf("%d:%d", c.Line, c.Column)}
		for _, w := range c.Args {
			text := strings.ReplaceAll(w.Text, shellscript.Unknown, "?")
			switch {
			case w.Many:
				text += "*"
			case w.Split:
				text += "+"
			}
			words = append(words, text)
		}
		lines = append(lines, strings.Join(words, " "))
	}
	for _, p := range s.Problems {
		lines = append(lines, fmt.Sprintf("%d:%d problem", p.Line, p.Column))
	}
	return lines
}

func TestCalls(t *testing.T) {
	for _, tt := range []struct {
		src  string
		want []string
	}{
		{"", nil},
		{"# td db:list", nil},
		{"echo td db:list; printf 'td query'; cd td; ls /opt/td", nil},
		{"td db:list", []string{"1:1 db:list"}},
		{"/usr/local/bin/td db:list", []string{"1:1 db:list"}},
		{"x; { td a:b; } && (td c:d)", []string{"1:6 a:b", "1:20 c:d"}},
		{"td query -d x \\\n  'a\nb' \"c\\\"d\" e\\ f $'g\\th'", []string{"1:1 query -d x a\nb c\"d e f g\th"}},
		{"if td a:b; then td c:d; elif td e:f; then td g:h; else td i:j; fi", []string{"1:4 a:b", "1:17 c:d", "1:30 e:f", "1:43 g:h", "1:56 i:j"}},
		{"while td a:b; do td c:d; done; until td e:f; do :; done", []string{"1:7 a:b", "1:18 c:d", "1:38 e:f"}},
		{"for x in $(td a:b); do td c:d $x; done", []string{"1:12 a:b", "1:24 c:d ?+"}},
		{"case $(td a:b) in x) td c:d ;; esac", []string{"1:8 a:b", "1:22 c:d"}},
		{"x=`td a:b`; y=\"$(td c:d \"$(td e:f)\")\"", []string{"1:4 a:b", "1:18 c:d ?", "1:28 e:f"}},
		{"diff <(td a:b) <(td c:d)", []string{"1:8 a:b", "1:18 c:d"}},
		{"while read x; do :; done < <(td a:b); x > >(td c:d)", []string{"1:30 a:b", "1:45 c:d"}},
		{"x > \"$(td a:b)\" <<< \"$(td c:d)\"\ncat <<E\n$(td e:f)\nE", []string{"1:8 a:b", "1:24 c:d", "3:3 e:f"}},
		{"[[ $(td a:b) == x ]] && (( $(td c:d) > 1 ))", []string{"1:6 a:b", "1:30 c:d"}},
		{"! td a:b & wait", []string{"1:3 a:b"}},

		// Variables.
		{"T=td; $T a:b", []string{"1:7 a:b"}},
		{"T=/bin/td\nD=web\n\"$T\" query -d $D \"${D}_x\" '$D'", []string{"3:1 query -d web web_x $D"}},
		{"T='td -k x'; $T a:b", []string{"1:14 -k x a:b"}},
		{"T=$(which td); $T a:b; ${TD:-td} c:d ${O:-}; ${TD:-/bin/td} e:f \"${D:-x}\"", []string{"1:16 a:b", "1:24 c:d ?+", "1:46 e:f ?"}},
		{"A=(td query); A2=(-d x); \"${A[@]}\" \"${A2[@]}\" y", []string{"1:26 query -d x y"}},
		{"D=a; D=b; td x:y $D \"$D\" \"$E\" $(z) \"$(z)\" $((1+1))", []string{"1:11 x:y ?+ ? ? ?+ ? ?"}},
		{"if x; then D=a; fi; td x:y \"$D\"", []string{"1:21 x:y ?"}},
		{"D=a; read D; td x:y \"$D\"", []string{"1:14 x:y ?"}},
		{"A=(${A[@]} a); B=$B; td x:y \"${A[@]}\" \"$B\"", []string{"1:22 x:y ?* a ?"}},
		{"E=; td x:y $E \"$E\"", []string{"1:5 x:y "}},
		{"td x:y \"$@\" $* \"$1\" ${A[@]}", []string{"1:1 x:y ?* ?* ? ?*"}},
		{"td x:y {a,b} a*.c '{}'", []string{"1:1 x:y ?+ a*.c {}"}},

		// Functions and aliases.
		{"f() { td -c x \"$@\"; }; f a:b 'c d'; f e:f", []string{"1:24 -c x a:b c d", "1:37 -c x e:f"}},
		{"f() { local q=$1; td x:y \"$q\" $2; }; f 'a b' c", []string{"1:19 x:y a b c"}},
		{"f() { td a:b \"$@\"; }; g() { f c; }; h() { f \"$@\"; }; g; h d", []string{"1:29 a:b c", "1:57 a:b d"}},
		{"f() { shift; td x:y \"$@\"; }; f a", []string{"1:30 x:y ?*"}},
		{"f() { td a:b; }", []string{"1:7 a:b"}},
		{"td() { command td -c x \"$@\"; }; td a:b", []string{"1:33 -c x a:b"}},
		{"f() { f; td a:b; }; f", []string{"1:10 a:b"}},
		{"alias q='td query -w'; q -d x y", []string{"1:24 query -w -d x y"}},

		// Other programs.
		{"sudo -u td -E A=b td a:b", []string{"1:19 a:b"}},
		{"env -i A=b td a:b; nice -n 5 td c:d; nice -5 td e:f", []string{"1:12 a:b", "1:30 c:d", "1:46 e:f"}},
		{"timeout -k 5 10 td a:b; nohup td c:d; time td e:f; command td g:h; exec td i:j", []string{"1:17 a:b", "1:31 c:d", "1:44 e:f", "1:60 g:h", "1:73 i:j"}},
		{"command -v td; which td; hash td; [ -x /bin/td ]", nil},
		{"flock /tmp/x td a:b; flock -n /tmp/x -c 'td c:d'", []string{"1:14 a:b", "1:22 c:d"}},
		{"x | xargs td a:b; x | xargs -n1 -I% td c:d %.x; x | parallel -j 2 td e:f", []string{"1:11 a:b ?+", "1:37 c:d ?.x", "1:67 e:f ?+"}},
		{"find . -exec td a:b {} + -o -exec td c:d \\;", []string{"1:14 a:b ?", "1:35 c:d"}},
		{"sh -c 'td a:b; td c:d'; bash -lc \"td e:f\"", []string{"1:1 a:b", "1:1 c:d", "1:25 e:f"}},
		{"eval 'td a:b'; su - x -c 'td c:d'; ssh -p 2 h td e:f", []string{"1:1 a:b", "1:16 c:d", "1:36 e:f"}},
		{"sh <<E\ntd a:b\n td c:d\nE\ntd e:f", []string{"2:1 a:b", "3:2 c:d", "5:1 e:f"}},
		{"cat <<E > x.sh\ntd a:b\nE", []string{"2:1 a:b"}},
		{"cat <<E\ntd a:b\nE", []string{"1:1 problem"}},
		{"echo 'td a:b' | sh; echo '0 1 * * * td c:d' | crontab -", []string{"1:1 a:b", "1:21 c:d"}},
		{"trap 'td a:b' EXIT", []string{"1:1 a:b"}},

		// What cannot be decided.
		{"$X a:b; $X b; $X td c:d", []string{"1:18 c:d", "1:1 problem"}},
		{"\"$MY_TD\" query 'a'; $X query a; ${X} query -w", []string{"1:1 problem", "1:33 problem"}},
		{"sh -c \"td $X\"", []string{"1:1 problem"}},
		{"run --with td; run 'td query'", []string{"1:1 problem", "1:16 problem"}},
		{"td a:b\nif td c:d; then", []string{"1:1 a:b", "2:12 problem"}},
		{"#!/usr/bin/perl\ntd a:b", []string{"1:1 problem"}},
		{"#!/bin/zsh\ntd a:b", []string{"2:1 a:b"}},
		{"/bin/td a:b\n#!/usr/bin/perl", []string{"1:1 a:b"}},
		{"#!\ntd a:b", []string{"1:1 problem"}},
		{"#!/usr/bin/perl\nx", nil},
		{"td a:b\r\ntd c:d\r\n", []string{"1:1 a:b", "2:1 c:d"}},
	} {
		if diff := cmp.Diff(tt.want, describe(find("x", tt.src))); diff != "" {
			t.Errorf("%s\n%s", tt.src, diff)
		}
	}
}

// TestExpansion checks that the values of nested variables do not grow without a limit.
func TestExpansion(t *testing.T) {
	var src strings.Builder
	src.WriteString("v0=xxxxxxxxxx; a0=(x x x x x x x x x x)\n")
	for i := range 30 {
		fmt.Fprintf(&src, "v%d=\"%s\"\na%d=(%s)\n", i+1, strings.Repeat(fmt.Sprintf("$v%d ", i), 10), i+1, strings.Repeat(fmt.Sprintf("\"${a%d[@]}\" ", i), 10))
	}
	src.WriteString("td a:b \"$v30\" \"${a30[@]}\"\nf() { f2; f2; }\n")
	for i := range 60 {
		fmt.Fprintf(&src, "f%d() { f%d; f%[2]d; }\n", i+2, i+3)
	}
	src.WriteString("f62() { td c:d; }\nf")
	s := find("x.sh", src.String())
	if len(s.Problems) == 0 {
		t.Error("no problem with deep functions")
	}
	if len(s.Calls) == 0 || s.Calls[0].Args[1].IsStatic() {
		t.Errorf("%d calls, of which the first one is %+v", len(s.Calls), s.Calls)
	}
}

func TestStatus(t *testing.T) {
	for _, tt := range [][2]string{
		{"td a:b; x", ""},
		{"td a:b", "the end of the script"},
		{"if td a:b; then x; fi; x", "if"},
		{"td a:b && x; x", "&&"},
		{"td a:b || true; x", ""},
		{"x && td a:b; x", ""},
		{"set -e; td a:b; x", "set -e"},
		{"set -euo pipefail; td a:b | x; x", "set -e"},
		{"set -e; td a:b | x; x", ""},
		{"set -e; if td a:b; then x; fi; x", "if"},
		{"set -e; set +e; td a:b; x", ""},
		{"(set -e; x); td a:b; x", ""},
		{"#!/bin/sh -e\ntd a:b; x", "set -e"},
		{"td a:b; [ $? -eq 3 ] && x; x", "$? 3"},
		{"td a:b; if [[ $? == 1 || $? -gt 4 ]]; then x; fi; x", "$? 1 4"},
		{"td a:b; [ \"$?\" = \"1\" ] || x; x", "$? 1"},
		{"td a:b; r=$?; y; case $r in 0) x ;; 1) z ;; esac", "$? 1"},
		{"td a:b; (( $? == 2 )); x", "$? 2"},
		{"td a:b | x; echo ${PIPESTATUS[0]}; x", "PIPESTATUS"},
		{"x=$(td a:b) || y; x", "||"},
		{"local x=$(td a:b); x", ""},
		{"echo $(td a:b); x", ""},
		{"td a:b & x", ""},
		{"td a:b & wait $!; x", "wait"},
		{"f() { td a:b; }; if f; then x; fi; x", "if"},
		{"f() { td a:b; }; f || exit 1; x", "||"},
		{"! td a:b; x", ""},
		{"trap x ERR; td a:b; x", "trap ERR"},
		{"until td a:b; do x; done; x", "until"},
	} {
		src, want := tt[0], tt[1]
		s := find("x.sh", src)
		if len(s.Calls) != 1 {
			t.Errorf("%s: %d calls", src, len(s.Calls))
			continue
		}
		status := s.Calls[0].Status
		if got := strings.Join(append(status.Uses, status.Compared...), " "); got != want {
			t.Errorf("%s: status used by %q, want %q", src, got, want)
		}
	}
}

func TestStreams(t *testing.T) {
	kinds := []string{"inherited", "discarded", "file", "pipe", "captured", "closed"}
	for _, tt := range [][2]string{
		{"td a:b", "inherited inherited"},
		{"td a:b > /dev/null", "discarded inherited"},
		{"td a:b 2> /dev/null", "inherited discarded"},
		{"td a:b > x 2>&1", "file=file"},
		{"td a:b 2>&1 > x", "file inherited"},
		{"td a:b &> /dev/null", "discarded=discarded"},
		{"td a:b >&-", "closed inherited"},
		{"td a:b | grep -q x | wc", "pipe inherited grep wc"},
		{"td a:b |& grep x", "pipe=pipe grep"},
		{"td a:b 2>&1 | tee x", "pipe=pipe tee"},
		{"x=$(td a:b 2>&1); echo \"$x\" | grep y", "captured=captured echo grep"},
		{"x=$(td a:b); [[ $x == y ]]", "captured inherited [["},
		{"x=$(td a:b | cut -c1); y=${x%z}", "pipe inherited cut"},
		{"td a:b > x; grep y < x; awk 1 x", "file inherited grep awk"},
		{"td a:b > \"$o\"; cat ${o} | wc", "file inherited cat wc"},
		{"{ td a:b; x; } 2>&1 | grep y", "pipe=pipe grep"},
		{"for i in $(td a:b | head -1); do x; done", "pipe inherited head for"},
		{"td a:b | while read x; do echo $x; done", "pipe inherited read echo"},
		{"while read x; do y $x; done < <(td a:b)", "pipe inherited read y"},
		{"td a:b > >(tee x)", "pipe inherited tee"},
		{"exec > log 2>&1; td a:b", "file=file"},
		{"f() { td a:b; }; x=$(f | sed y)", "pipe inherited sed"},
		{"grep y <<< \"$(td a:b)\"", "captured inherited grep"},
	} {
		src, want := tt[0], tt[1]
		s := find("x.sh", src)
		if len(s.Calls) != 1 {
			t.Errorf("%s: %d calls", src, len(s.Calls))
			continue
		}
		c := s.Calls[0]
		separator := " "
		if c.Stdout == c.Stderr {
			separator = "="
		}
		got := kinds[c.Stdout.Kind] + separator + kinds[c.Stderr.Kind]
		for _, consumer := range c.Stdout.Consumers {
			got += " " + consumer.Name
		}
		if got != want {
			t.Errorf("%s: %q, want %q", src, got, want)
		}
	}
}

func TestCrontabs(t *testing.T) {
	for _, tt := range []struct {
		name, src string
		format    shellscript.Format
		want      []string
	}{
		{"x", "0 1 * * * td a:b\n", shellscript.Crontab, []string{"1:11 a:b"}},
		{"x", "# c\nA=b c\n\n  */5 1-3,5 * jan mon-fri  cd /x && td a:b; td c:d\n@daily td e:f", shellscript.Crontab, []string{"4:37 a:b", "4:45 c:d", "5:8 e:f"}},
		{"x", "0 1 * * * root td a:b\n", shellscript.SystemCrontab, []string{"1:16 a:b"}},
		{"/etc/cron.d/x", "0 1 * * * batch td a:b\n", shellscript.SystemCrontab, []string{"1:17 a:b"}},
		{"x", "0 1 * * * td a:b -%in%put\n", shellscript.Crontab, []string{"1:11 a:b -"}},
		{"x", "0 1 * * * td a:b 'x\\%y' && td c:d\n", shellscript.Crontab, []string{"1:11 a:b x%y", "1:28 c:d"}},
		{"x", "0 1 * * * td a:b \"$(date +%F)\"\n", shellscript.Crontab, []string{"1:11 problem"}},
		{"x", "T=/bin/td\n0 1 * * * $T a:b\n", shellscript.Crontab, []string{"2:11 a:b"}},
		{"x", "0 1 * * * td a:b\nnot an entry\n", shellscript.Shell, nil},
		{"crontab.sh", "#!/bin/sh\ntd a:b\n", shellscript.Shell, []string{"2:1 a:b"}},
	} {
		s := find(tt.name, tt.src)
		if s.Format != tt.format {
			t.Errorf("%q: format %s, want %s", tt.src, s.Format, tt.format)
		}
		if diff := cmp.Diff(tt.want, describe(s)); diff != "" && tt.want != nil {
			t.Errorf("%q\n%s", tt.src, diff)
		}
	}
}

// FuzzFind checks that no file makes the search fail, and that places are within the file.
func FuzzFind(f *testing.F) {
	names, err := filepath.Glob("../../cmd/compat/testdata/scripts/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		if b, err := os.ReadFile(name); err == nil { // not a directory
			f.Add(string(b))
		}
	}
	f.Add("0 1 * * * td a:b -%x\n@daily td c:d")
	f.Fuzz(func(t *testing.T, src string) {
		for _, format := range []shellscript.Format{shellscript.Auto, shellscript.Crontab, shellscript.SystemCrontab} {
			s := shellscript.Find(src, shellscript.Options{Name: "x", Format: format, Program: "td"})
			lines := strings.Count(src, "\n") + 1
			for _, c := range s.Calls {
				if c.Line > lines {
					t.Errorf("a call in line %d of %d", c.Line, lines)
				}
			}
		}
	})
}
