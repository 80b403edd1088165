package compat

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/redact"
	"github.com/td-cli/td/internal/shellscript"
)

// checkCall returns the differences of a call. The source is that of the file.
func checkCall(c call, src string) []finding {
	findings := checkProgram(c)
	if len(c.open) > 0 {
		findings = append(findings, needsLook(strings.Join(c.open, " ")+" may contain flags or a command", "check the calls for all of its values"))
	}
	if c.err != nil {
		return append(findings, checkRejected(c))
	}
	if rejected := checkRejectedFlags(c); len(rejected) > 0 {
		return append(findings, rejected...)
	}
	for _, rule := range []func(call) []finding{
		checkStatus, checkErrors, checkFlags, checkOutput, checkPrompt, checkEnvironment,
	} {
		findings = append(findings, rule(c)...)
	}
	return append(findings, checkTemporaryFile(c, src)...)
}

// checkProgram reports a call of the Ruby program itself.
func checkProgram(c call) (findings []finding) {
	for _, w := range c.Wrappers {
		switch w {
		case "bundle exec", "rbenv exec":
			findings = append(findings, needsChange("'"+w+"' runs the Ruby toolbelt", "remove '"+w+"'"))
		}
	}
	dir := path.Dir(c.Program.Text)
	for _, part := range []string{"ruby", "gem", "rbenv", "rvm", "shims", "td-agent", "/opt/td", "bundle", "vendor"} {
		if strings.Contains(dir, part) {
			return append(findings, needsChange("the program in "+dir+" seems to be the Ruby toolbelt", "use the path of this td, or td without a path"))
		}
	}
	return findings
}

// usesJava reports whether the Ruby toolbelt passes the arguments of a command to a program in
// Java.
func usesJava(name string) bool {
	return name == "import:auto" || name == "import:prepare" || name == "import:upload" || strings.HasPrefix(name, "workflow")
}

// checkRejected reports arguments that td rejects. Nearly all of them are rejected by the Ruby
// toolbelt, too, with status 1.
func checkRejected(c call) finding {
	why := "td rejects it: " + describeError(c.err)
	first := ""
	if len(c.Args) > 0 {
		first = c.Args[0].Text
	}
	switch {
	case usesJava(c.name), first == "wf", strings.HasPrefix(first, "workflow"), strings.HasPrefix(first, "import:"):
		return needsChange(why, "'td help "+firstWord(first, c.name)+"' lists the flags")
	case c.name == "apikey:show" && errors.Is(c.err, argv.ErrTooManyArguments):
		return needsChange(why+"; the Ruby toolbelt ignored the arguments", "remove them")
	case strings.Contains(c.err.Error(), "must not be empty"):
		return needsChange(why, "omit the flag or give it a value")
	case c.Status.Ignored():
		return stillBroken(why+"; the Ruby toolbelt rejected it too, and the script ignores the status", "correct the call")
	}
	return needsChange(why+"; the Ruby toolbelt rejected it too", "correct the call")
}

func firstWord(candidates ...string) string {
	for _, c := range candidates {
		if c != "" {
			return c
		}
	}
	return ""
}

// waits reports whether the status of a command depends on that of a job, which it does not in
// the Ruby toolbelt.
func (c call) waits() bool {
	switch c.name {
	case "query", "export:table", "export:result", "connector:issue", "connector:run", "bulk_import:perform", "import:perform":
		return c.given("wait")
	case "job:show", "sched:result":
		return true
	}
	return false
}

// checkStatus reports changes of the exit status.
func checkStatus(c call) []finding {
	var findings []finding
	uses := strings.Join(c.Status.Uses, ", ")
	if slices.Contains(c.Status.Compared, "1") {
		findings = append(findings, needsChange("the status is compared with 1, which was the status of all errors; it is now 1 to 13",
			"compare with 0, or see 'td help exit-status'"))
	}
	changed := ""
	switch {
	case c.waits():
		changed = "a failed job has status 3 and a killed one 4; they had status 0"
		if c.printsRowsOnly() && !c.given("wait") {
			changed = "a failed job has status 3, a killed one 4, and one that has not ended 5; they had status 0"
		}
	case c.name == "table:import":
		changed = "a failed upload has a status that is not 0; it had 0"
	case c.name == "apikey:set" && !c.given("force"), c.name == "account" && !c.given("force"):
		changed = "the status is 9 if a key is already saved; it was 0"
	case c.name == "help" && len(c.args) > 0 && !strings.Contains(c.args[0], ":"):
		changed = "the help of a group of commands has status 0; it had 1"
	default:
		return findings
	}
	switch {
	case c.Status.Ignored() && c.name == "help":
	case c.Status.Ignored():
		findings = append(findings, betterNow(changed+" (the status is not used here)"))
	case c.name == "help":
		findings = append(findings, betterNow(changed+" (used by: "+uses+")"))
	case (c.name == "job:show" || c.name == "sched:result") && !c.given("wait"):
		findings = append(findings, needsLook(changed+" (used by: "+uses+")", "add '|| true' if the script must continue after it has shown a failed job"))
	default:
		findings = append(findings, fixedNow(changed+" (used by: "+uses+")"))
	}
	return findings
}

// checkErrors reports changes of error messages and of the streams that are discarded.
func checkErrors(c call) (findings []finding) {
	r := c.stdout()
	if !c.isMerged() && isRead(c.Stderr) {
		e := read(c.Stderr)
		r.text += e.text
	}
	if r.searches("Error", "ERROR") || r.searches("error") && !r.searches("Status", "status") && !c.printsJobStatus() {
		findings = append(findings, needsChange("the script searches the output for errors, which were 'Error: …' on standard output and are 'td: …' on standard error",
			"use the exit status"))
	}
	switch {
	case c.Stderr.Kind == shellscript.Discarded && c.Stdout.Kind == shellscript.Captured:
		findings = append(findings, betterNow("error messages are on standard error and no longer mixed with the captured output"))
	case c.Stderr.Kind == shellscript.Discarded && c.Stdout.Kind != shellscript.Discarded && c.Status.Ignored() && c.explainsStateOnStderr():
		findings = append(findings, unchanged("errors of the network and the server, which were on standard output, are discarded, too", "use the status"))
	case c.Stderr.Kind == shellscript.Discarded && c.Stdout.Kind != shellscript.Discarded && c.Status.Ignored():
		findings = append(findings, needsLook("error messages were on standard output; they are on standard error, which is discarded here, and the status is not used",
			"remove 2>/dev/null, or use the status"))
	case c.Stdout.Kind == shellscript.Discarded && c.Stderr.Kind == shellscript.Inherited && len(movedMessages(c)) == 0:
		findings = append(findings, betterNow("error messages were discarded with standard output; they appear on standard error"))
	}
	return findings
}

// explainsStateOnStderr reports whether the Ruby toolbelt, too, prints on standard error that an object exists or
// does not exist, which is why scripts discard it.
func (c call) explainsStateOnStderr() bool {
	switch c.name {
	case "db:create", "db:delete", "table:create", "table:delete", "table:swap", "table:rename", "sched:create", "sched:delete", "result:create", "result:delete":
		return true
	}
	return false
}

// printsJobStatus reports whether the output contains the status of a job, which may be error.
func (c call) printsJobStatus() bool {
	switch c.name {
	case "job:status", "job:show", "job:list", "sched:history", "connector:history", "sched:result":
		return true
	}
	return false
}

// checkTemporaryFile reports a script that uses the temporary file of -o.
func checkTemporaryFile(c call, src string) []finding {
	file, ok := c.value("output")
	if !ok || file == "" {
		return nil
	}
	if strings.Contains(src, file+".tmp") {
		return []finding{needsChange(fmt.Sprintf("the temporary file of -o is %s.part, not %s.tmp", file, file), "wait for "+file+", which appears whole or not at all")}
	}
	return nil
}

// checkPrompt reports questions that td asks on a terminal only.
func checkPrompt(c call) []finding {
	isTerminal := c.Stdin.Kind == shellscript.InheritedInput && !c.Cron
	switch c.name {
	case "table:delete":
		feeder := strings.Fields(c.Stdin.Source + " ")
		isAnswer := c.Stdin.Kind == shellscript.TextInput || c.Stdin.Kind == shellscript.PipeInput && len(feeder) > 0 && slices.Contains([]string{"yes", "echo", "printf"}, feeder[0])
		if c.given("force") || isTerminal || isAnswer {
			return nil
		}
		if c.Stdin.Kind == shellscript.PipeInput || c.Stdin.Kind == shellscript.FileInput {
			return []finding{c.neverWorked("the answer to its question is read from "+redact.Text(c.Stdin.Source), "add -f")}
		}
		return []finding{c.neverWorked("it asks for confirmation, which is not possible here; nothing is deleted", "add -f")}
	case "account", "password:change", "user:password:change":
	case "user:create":
		if c.given("random-password") {
			return nil
		}
	case "query", "result:create", "sched:create":
		if !c.given("password") {
			return nil
		}
	default:
		return nil
	}
	switch {
	case isTerminal:
		return nil
	case c.Stdin.Kind == shellscript.InheritedInput || c.Stdin.Kind == shellscript.NoInput:
		return []finding{c.neverWorked("it asks questions, which is not possible here", "use 'td apikey:set KEY' and environment variables instead")}
	}
	return []finding{needsLook("passwords are read from a terminal only, with status 2 otherwise", "use expect, or 'td apikey:set -', which reads a key from standard input")}
}

// neverWorked returns the finding for a call that fails with both programs.
func (c call) neverWorked(why, action string) finding {
	if c.Status.Ignored() {
		return stillBroken(why, action)
	}
	return needsChange(why, action)
}

// checkEnvironment reports variables that are set for a call.
func checkEnvironment(c call) (findings []finding) {
	for _, name := range c.Env {
		if f, ok := checkVariable(name); ok {
			findings = append(findings, f)
		}
	}
	return findings
}

// checkVariable returns the difference of an environment variable.
func checkVariable(name string) (finding, bool) {
	suffix, ok := strings.CutPrefix(name, "TD_")
	if !ok {
		return finding{}, false
	}
	switch suffix {
	case "CLIENT_DEBUG":
		return needsChange(name+" has no effect; it printed the requests with the API key on standard output", "use the flag --debug, which prints them without secrets on standard error"), true
	case "TOOLBELT_DEBUG":
		return betterNow(name + " has no effect: errors have no backtraces; --debug prints the requests"), true
	case "TOOLBELT_JAR_UPDATE", "TOOLBELT_UPDATE_ROOT", "TOOLBELT_JARUPDATE_ROOT":
		return unchanged(name+" has no effect: there is no jar to update", "remove it"), true
	case "WF_JAVA", "DIGDAG_URL", "WF_JRE_BASE_URL":
		return unchanged(name+" has no effect: workflows need no Java", "remove it"), true
	}
	return finding{}, false
}

// checkInstallation reports commands that install the Ruby toolbelt.
func checkInstallation(t shellscript.Text) (finding, bool) {
	words := texts(t.Words)
	isGem := len(words) > 2 && path.Base(words[0]) == "gem" && (words[1] == "install" || words[1] == "update") && slices.ContainsFunc(words[2:], isGemName)
	isSite := slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, "toolbelt.treasuredata.com") })
	if isGem || isSite {
		return needsChange("it installs the Ruby toolbelt, which may come first in PATH", "install this td instead"), true
	}
	return finding{}, false
}

func isGemName(word string) bool {
	name, _, _ := strings.Cut(word, ":")
	return name == "td"
}
