package shellscript

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A wrapper is a program that runs the command in its arguments.
type wrapper struct {
	values     string   // letters of flags with a value
	longValues []string // long flags whose value is the next argument
	arguments  int      // arguments before the command
	assigns    bool     // NAME=VALUE may precede the command
}

// findWrapper returns how to find the command that a program runs.
func findWrapper(name string) (wrapper, bool) {
	switch name {
	case "sudo", "doas":
		return wrapper{values: "ughpCrtTUDR", longValues: []string{"--user", "--group", "--host", "--prompt", "--chdir"}, assigns: true}, true
	case "env":
		return wrapper{values: "uC", longValues: []string{"--unset", "--chdir"}, assigns: true}, true
	case "nice":
		return wrapper{values: "n", longValues: []string{"--adjustment"}}, true
	case "ionice":
		return wrapper{values: "cn", longValues: []string{"--class", "--classdata"}}, true
	case "nohup", "setsid", "chronic", "unbuffer", "eatmydata", "fakeroot", "cronic", "rtkit", "catchsegv", "builtin", "caffeinate":
		return wrapper{}, true
	case "exec":
		return wrapper{values: "a"}, true
	case "command", "busybox":
		return wrapper{}, true
	case "time", "gtime":
		return wrapper{values: "fo", longValues: []string{"--format", "--output"}}, true
	case "timeout", "gtimeout":
		return wrapper{values: "ks", longValues: []string{"--kill-after", "--signal"}, arguments: 1}, true
	case "stdbuf":
		return wrapper{values: "ioe", longValues: []string{"--input", "--output", "--error"}}, true
	case "taskset", "setlock", "lockf":
		return wrapper{arguments: 1}, true
	case "chrt":
		return wrapper{arguments: 1, values: "TPD"}, true
	case "flock":
		return wrapper{values: "wE", longValues: []string{"--wait", "--timeout", "--conflict-exit-code"}, arguments: 1}, true
	case "proxychains", "proxychains4", "torify", "tsocks":
		return wrapper{values: "f"}, true
	}
	return wrapper{}, false
}

// skipFlags returns the words after the flags at the start.
func skipFlags(words []Word, values string, longValues []string) []Word {
	for len(words) > 0 {
		word := words[0].Text
		if word == "--" {
			return words[1:]
		}
		if len(word) < 2 || word[0] != '-' {
			return words
		}
		words = words[1:]
		switch {
		case strings.HasPrefix(word, "--"):
			if slices.Contains(longValues, word) && len(words) > 0 {
				words = words[1:]
			}
		case strings.IndexByte(values, word[len(word)-1]) >= 0 && strings.IndexAny(word[1:], values) == len(word)-2 && len(words) > 0:
			words = words[1:]
		}
	}
	return words
}

// runWrapper visits the command that another program runs.
func (f *finder) runWrapper(words []Word, c runContext) bool {
	name, args := base(words[0]), words[1:]
	c.wrappers = append(slices.Clone(c.wrappers), name)
	switch name {
	case "bundle", "rbenv", "asdf", "mise":
		if len(args) == 0 || args[0].Text != "exec" {
			return name != "bundle" // rbenv local and others do not run anything
		}
		c.wrappers[len(c.wrappers)-1] = name + " exec"
		f.run(skipFlags(args[1:], "", nil), c)
		return true
	case "command":
		if len(args) > 0 && (args[0].Text == "-v" || args[0].Text == "-V") {
			return true
		}
	case "xargs", "parallel":
		f.runXargs(name, args, c)
		return true
	case "find":
		f.runFind(args, c)
		return true
	case "watch":
		f.runWords(skipFlags(args, "nq", []string{"--interval"}), c, "")
		return true
	case "script":
		if i := slices.IndexFunc(args, func(w Word) bool { return strings.HasPrefix(w.Text, "-") && strings.HasSuffix(w.Text, "c") }); i >= 0 && i+1 < len(args) {
			f.runText(args[i+1].Text, c, "")
			return true
		}
	}
	w, ok := findWrapper(name)
	if !ok {
		return false
	}
	rest := skipFlags(args, w.values, w.longValues)
	for w.assigns && len(rest) > 0 {
		variable, _, isAssignment := strings.Cut(rest[0].Text, "=")
		if !isAssignment || !syntax.ValidName(variable) {
			break
		}
		c.env = append(slices.Clone(c.env), variable)
		rest = rest[1:]
	}
	if len(rest) < w.arguments {
		return true
	}
	rest = rest[w.arguments:]
	if name == "flock" && len(rest) > 1 && rest[0].Text == "-c" {
		f.runText(rest[1].Text, c, "")
		return true
	}
	if name == "sudo" && len(rest) == 0 {
		f.runDocument(c, "")
		return true
	}
	f.run(rest, c)
	return true
}

// runXargs visits a command to which xargs adds arguments.
func (f *finder) runXargs(name string, args []Word, c runContext) {
	values, long := "nPILdEsa", []string{"--max-args", "--max-procs", "--replace", "--max-lines", "--delimiter", "--eof", "--max-chars", "--arg-file"}
	if name == "parallel" {
		values, long = "jnNIa", []string{"--jobs", "--delay", "--timeout", "--retries", "--joblog", "--results", "--colsep", "--arg-file"}
	}
	rest := skipFlags(args, values, long)
	replace := ""
	for i, a := range args[:len(args)-len(rest)] {
		if text, isReplace := strings.CutPrefix(a.Text, "-I"); isReplace {
			if replace = text; text == "" && i+1 < len(args) {
				replace = args[i+1].Text
			}
		} else if a.Text == "-i" {
			replace = "{}"
		}
	}
	if name == "parallel" {
		replace = "{}"
		if i := slices.IndexFunc(rest, func(w Word) bool { return strings.HasPrefix(w.Text, ":::") }); i >= 0 {
			rest = rest[:i]
		}
	}
	rest = slices.Clone(rest)
	found := false
	for i := range rest {
		if replace != "" && strings.Contains(rest[i].Text, replace) {
			rest[i].Text = strings.ReplaceAll(rest[i].Text, replace, Unknown)
			rest[i].Unknown = append(slices.Clone(rest[i].Unknown), replace)
			found = true
		}
	}
	if !found && (replace == "" || name == "parallel") {
		rest = append(rest, Word{Text: Unknown, Source: "the input of " + name, Unknown: []string{"the input of " + name}, Split: true})
	}
	c.stdin = Input{Kind: NoInput}
	f.run(rest, c)
}

// runFind visits the commands of find -exec.
func (f *finder) runFind(args []Word, c runContext) {
	for i, a := range args {
		if a.Text != "-exec" && a.Text != "-execdir" && a.Text != "-ok" {
			continue
		}
		var command []Word
		for _, w := range args[i+1:] {
			if w.Text == ";" || w.Text == "+" {
				break
			}
			if strings.Contains(w.Text, "{}") {
				w.Text, w.Unknown = strings.ReplaceAll(w.Text, "{}", Unknown), append(slices.Clone(w.Unknown), "{}")
			}
			command = append(command, w)
		}
		fc := c
		fc.status = Status{}
		f.run(command, fc)
	}
}

// runOther visits a command that is no call as far as is known. It records texts that mention
// the program, and problems if the command may run it.
func (f *finder) runOther(words []Word, c runContext) {
	name := base(words[0])
	f.script.Texts = append(f.script.Texts, Text{c.position(), words})
	f.visitDocuments(name, c)
	switch name {
	case "echo", "printf", "cat":
		f.visitOutput(words, c)
		return
	case "which", "type", "hash", "whereis", "rm", "ls", "test", "[", "cp", "mv", "ln", "chmod", "chown", "stat", "dirname", "basename",
		"readlink", "realpath", "cd", "pushd", "mkdir", "touch", "grep", "egrep", "fgrep", "sed", "awk", "pgrep", "pkill", "kill", "killall", "logger", "export", "unset",
		"gem", "apt-get", "apt", "yum", "dnf", "brew", "dpkg", "rpm", "man", "tar", "head", "tail", "wc", "sort", "jq", "diff", "cut", "tr", "mail", "mailx",
		"git", "curl", "wget", "scp", "rsync", "tee",
		"source", ".", "read", "sleep", "date", "true", "false", ":":
		return
	}
	for _, w := range words[1:] {
		if f.isProgram(w.Text) && w.IsStatic() || f.containsCall(w.Text) {
			f.problem(c.position(), c.source(), f.Program+" may be run by "+name+", whose arguments are not understood")
			return
		}
	}
}

// visitDocuments visits the here-documents of a command that is not a shell.
func (f *finder) visitDocuments(name string, c runContext) {
	for _, r := range c.statement.Redirs {
		if r.Hdoc == nil {
			continue
		}
		var text strings.Builder
		for _, part := range r.Hdoc.Parts { // without substitutions, which are visited elsewhere
			if literal, ok := part.(*syntax.Lit); ok {
				text.WriteString(literal.Value)
			}
		}
		body := text.String()
		if !f.containsCall(body) {
			continue
		}
		if (name == "cat" || name == "tee") && f.writesScript(c) {
			c.stdout, c.stderr, c.status = &Sink{}, &Sink{}, Status{}
			f.runBody(r, c, 0)
			continue
		}
		f.problem(c.position(), body, "the here-document mentions "+f.Program+"; "+name+" may run it")
	}
}

// writesScript reports whether the output of a command is run by a shell or written to a file
// that seems to be a script.
func (f *finder) writesScript(c runContext) bool {
	if slices.ContainsFunc(c.stdout.Consumers, isShell) {
		return true
	}
	return c.stdout.Kind == File && (strings.HasSuffix(c.stdout.Name, ".sh") || strings.Contains(c.stdout.Name, "/bin/") || strings.Contains(c.stdout.Name, "script"))
}

func isShell(consumer Consumer) bool {
	switch consumer.Name {
	case "sh", "bash", "dash", "ksh", "zsh", "ssh", "at", "batch":
		return true
	}
	return false
}

// visitOutput visits text that echo prints for a shell or a crontab.
func (f *finder) visitOutput(words []Word, c runContext) {
	text := strings.Join(texts(skipFlags(words[1:], "", nil)), " ")
	if !f.containsCall(text) {
		return
	}
	isCrontab := slices.ContainsFunc(c.stdout.Consumers, func(consumer Consumer) bool { return consumer.Name == "crontab" }) ||
		c.stdout.Kind == File && strings.Contains(c.stdout.Name, "cron")
	switch {
	case isCrontab && !strings.Contains(text, Unknown):
		f.cronText(text, c.position(), strings.Contains(c.stdout.Name, "cron.d"))
	case isCrontab, f.writesScript(c) && strings.Contains(text, Unknown):
		f.problem(c.position(), c.source(), "the text mentions "+f.Program+" and depends on values that are not known")
	case f.writesScript(c):
		nested := c
		nested.stdout, nested.stderr, nested.status, nested.stdin = &Sink{}, &Sink{}, Status{}, Input{}
		f.runText(text, nested, "")
	}
}
