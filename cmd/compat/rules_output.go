package compat

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/redact"
	"github.com/td-cli/td/internal/shellscript"
)

// Actions of several rules.
const (
	useStatus  = "use the exit status, or add 2>&1"
	usePrintID = "use 'id=$(td query … --print-id)'"
	useQuiet   = "add --quiet, or 2>&1"
)

// movedMessages returns words of the messages that a command prints on standard error, and that
// the Ruby toolbelt prints on standard output.
func movedMessages(c call) []string {
	switch c.name {
	case "query":
		if c.given("wait") {
			return []string{"queued", "Job ", "Status", "started at", "finished at", "Result", "written", "Use 'td"}
		}
		return []string{"show the status", "Use 'td", "job:show"}
	case "job:show", "sched:result":
		switch {
		case c.given("output"):
			return []string{"Status", "JobID", "written"}
		case c.given("wait"):
			return []string{"started at", "finished at"}
		}
	case "table:import":
		return []string{"import", "upload", "done"}
	case "table:expire":
		return []string{"expire", "expiration", "Table set"}
	case "table:update":
		return []string{"true"}
	case "sched:update":
		return []string{"updated"}
	case "connector:create", "connector:update", "connector:delete":
		return []string{"Name", "Cron", "Database", "Table", "Config"}
	case "connector:issue", "connector:run":
		if c.given("wait") {
			return []string{"queued", "Job ", "started at", "finished at"}
		}
		return []string{"show the status", "Use 'td"}
	case "connector:preview":
		return []string{"Use 'td", "Update "}
	case "apikey:set":
		return []string{"API key"}
	case "connector:guess":
		return []string{"Created"}
	case "import:config":
		return []string{"Generating", "Done", "embulk", "Next steps"}
	}
	return nil
}

// checkOutput reports changes of standard output that matter to the commands that read it.
func checkOutput(c call) (findings []finding) {
	switch {
	case c.printsHelp():
		return checkHelp(c)
	case c.submits():
		return slices.Concat(checkSubmit(c), checkMail(c), checkStderr(c))
	case c.name == "query":
		findings = checkQueryRows(c)
	case c.name == "job:show", c.name == "sched:result":
		findings = checkShow(c)
	case c.name == "user:show", c.name == "account:usage":
		return checkMovedToStdout(c)
	case c.name == "result:list", c.name == "result:show":
		findings = checkURLs(c)
	default:
		findings = append(checkMessages(c), checkList(c)...)
	}
	return slices.Concat(findings, checkMail(c), checkStderr(c))
}

// printsHelp reports whether a call prints help.
func (c call) printsHelp() bool { return c.given("help") || c.name == "help" || c.name == "help:all" }

// checkHelp checks commands that read help.
func checkHelp(c call) []finding {
	if !isRead(c.Stdout) {
		return nil
	}
	return []finding{needsLook("the text of the help is another one"+readBy(c.stdout()), "")}
}

// submits reports whether a call prints 'Job 1 is queued.' and does not wait.
func (c call) submits() bool {
	return (c.name == "query" || c.name == "connector:issue" || c.name == "connector:run") && !c.given("wait")
}

// checkMail reports messages that cron would mail, or that appear in spite of >/dev/null.
func checkMail(c call) []finding {
	if c.Stderr.Kind != shellscript.Inherited || len(movedMessages(c)) == 0 || c.given("quiet") {
		return nil
	}
	switch {
	case c.Stdout.Kind != shellscript.Discarded && c.Stdout.Kind != shellscript.File && c.Stdout.Kind != shellscript.Pipe:
	case c.Cron:
		return []finding{needsChange("messages were on standard output; they are on standard error, which cron mails even after a success", useQuiet)}
	case c.Stdout.Kind == shellscript.Discarded:
		return []finding{needsLook("messages that were discarded with standard output appear on standard error", useQuiet)}
	}
	return nil
}

// checkStderr checks commands that read standard error alone, such as [ -s FILE ]. The Ruby toolbelt
// prints the messages of a success on standard output.
func checkStderr(c call) []finding {
	if c.isMerged() || !isRead(c.Stderr) || len(movedMessages(c)) == 0 || c.given("quiet") {
		return nil
	}
	r := read(c.Stderr)
	isMailed := c.Stderr.Kind == shellscript.Pipe && slices.ContainsFunc(r.names, isMailer)
	if len(r.sources) == 0 || r.display && !isMailed {
		return nil
	}
	return []finding{needsLook("messages that were on standard output are on standard error, even after a success"+readBy(r), "use the exit status, or add --quiet")}
}

func isMailer(name string) bool {
	return slices.Contains([]string{"mail", "mailx", "sendmail", "mutt"}, name)
}

// checkSubmit checks commands that read 'Job 1 is queued.'.
func checkSubmit(c call) []finding {
	r := c.stdout()
	if c.given("print-id") || !isRead(c.Stdout) || len(c.Stdout.Consumers) == 0 || r.display {
		return nil
	}
	switch {
	case r.searches("show the status", "Use 'td", "job:show") || r.lastLine && !c.isMerged():
		return []finding{needsChange("the hint \"Use 'td job:show …'\" is on standard error; standard output is only 'Job 1 is queued.'", usePrintID)}
	case r.firstLine, r.searches("queued", "Job"):
		return nil
	}
	return []finding{needsLook("standard output is only the line 'Job 1 is queued.'; the hint with the ID is on standard error. It is read by: "+describe(r), usePrintID)}
}

// describe lists the commands that read an output, without secrets.
func describe(r reading) string {
	return redact.Text(strings.Join(distinct(r.sources), "; "))
}

// checkQueryRows checks commands that read the rows and messages of query -w.
func checkQueryRows(c call) []finding {
	r := c.stdout()
	hasRows := !c.given("exclude") && !c.given("output")
	switch {
	case !isRead(c.Stdout):
		return nil
	case hasRows && !c.isMerged() && r.tableRows:
		return nil
	case hasRows && !c.isMerged() && slices.Equal(r.names, []string{"tail"}) && r.lastLine && isOneLine(r.sources[0]):
		return []finding{betterNow("an empty result has no line; the last line was 'Result      :'")}
	case hasRows && (r.skipsStart || r.searches("Result")), r.skipsEnd && hasRows && !r.display:
		return []finding{needsChange("standard output is only the rows, without the log and 'Result      :'; the script removes or selects lines: "+describe(r), "remove the filter")}
	case !c.isMerged() && r.searches(append(movedMessages(c), "success")...):
		return []finding{needsChange("the log and the status are on standard error: "+describe(r), useStatus)}
	case c.isMerged() && r.searches("written"):
		return []finding{needsChange("the message after writing a file is 'wrote 10 rows (1.0 kB) to FILE': "+describe(r), "use the exit status")}
	case c.isMerged() && r.searches("Status", "started at", "finished at", "success", "queued"):
		return []finding{unchanged("with 2>&1, 'Job … is queued.', the log and 'Status      : success' are in the output", "use the exit status, which is 3 for a failed job")}
	case c.isMerged() && r.display && (!hasRows || isLog(c.Stdout) || len(r.sources) > 0):
		return nil
	case !hasRows:
		return []finding{needsLook("standard output is empty; the messages are on standard error", useStatus)}
	case r.isShown(c.Stdout):
		return nil
	case c.Stdout.Kind == shellscript.Pipe && slices.ContainsFunc(r.names, isJSONReader) && !c.isMerged():
		return []finding{fixedNow("standard output is only the rows; it was not valid JSON because of the log")}
	case c.isMerged():
		return []finding{needsLook("the output has the messages and the rows, as before, but without 'Result      :' and with errors in another form", "write the rows to a file with -o, or remove 2>&1")}
	}
	return []finding{needsLook("standard output is only the rows; it had the log, 'Status      : success' and 'Result      :' before them"+readBy(r), "remove what skips these lines, if anything does")}
}

// isOneLine reports whether a call of tail prints the last line only.
func isOneLine(source string) bool {
	return slices.Contains([]string{"tail -1", "tail -n1", "tail -n 1", "tail --lines=1"}, source)
}

// isShown reports whether the output is only shown or logged.
func (r reading) isShown(s *shellscript.Sink) bool {
	if s.Kind != shellscript.Pipe || len(r.names) == 0 {
		return false
	}
	for i, name := range r.names {
		switch name {
		case "cat", "less", "more", "logger", "ts":
		case "tee":
			if !strings.Contains(strings.ToLower(r.sources[i]), "log") && !strings.HasSuffix(r.sources[i], "/dev/stderr") {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// readBy returns a sentence with the commands that read an output, or "" if there are none.
func readBy(r reading) string {
	if len(r.sources) == 0 {
		return ""
	}
	return ". It is read by: " + describe(r)
}

func isJSONReader(name string) bool { return name == "jq" || name == "gojq" || name == "json_pp" }

// isLog reports whether a file seems to be a log.
func isLog(s *shellscript.Sink) bool {
	return s.Kind == shellscript.File && strings.Contains(strings.ToLower(s.Name), "log")
}

// printsRowsOnly reports whether job:show prints the rows without the labelled lines.
func (c call) printsRowsOnly() bool {
	return (c.name == "job:show" || c.name == "sched:result") && (c.given("format") || c.given("output")) && !c.given("exclude")
}

// checkShow checks commands that read the output of job:show.
func checkShow(c call) []finding {
	r := c.stdout()
	rowsOnly := c.printsRowsOnly()
	labels := c.given("verbose") && r.searches("started at", "finished at", "executing query") || r.searches("JobID", "Status", "Start At", "End At", "Query", "Result size", "Database", "Type", "Priority", "CPU time")
	switch {
	case !isRead(c.Stdout):
		return nil
	case c.given("exclude") || c.given("info"):
		return nil
	case !rowsOnly && r.tableRows:
		return nil
	case rowsOnly && (labels || r.skipsStart || r.skipsEnd):
		return []finding{needsChange("with -f or -o standard output is only the rows, without the labelled lines: "+describe(r), "add -x for the labelled lines only, or remove the filter")}
	case rowsOnly && c.Stdout.Kind == shellscript.Pipe && slices.ContainsFunc(r.names, isJSONReader):
		return []finding{fixedNow("standard output is only the rows; it was not valid JSON because of the labelled lines")}
	case rowsOnly:
		return []finding{needsLook("with -f or -o standard output is only the rows; it had the labelled lines before them and \"Use '-v' option …\" after them"+readBy(r), "remove what skips these lines, if anything does")}
	case r.skipsEnd:
		return []finding{needsChange("the last line \"Use '-v' option …\" is no longer printed: "+describe(r), "remove the filter")}
	case labels, r.display && len(r.sources) > 0:
		return nil
	}
	return []finding{needsLook("the labelled lines are the same, but not the lines of progress and \"Use '-v' option …\" around the rows"+readBy(r), "use 'td job:result', which prints only the rows")}
}

// checkMovedToStdout checks commands whose output was on standard error.
func checkMovedToStdout(c call) []finding {
	switch {
	case c.isMerged():
		return nil
	case isRead(c.Stderr):
		return []finding{needsChange("the output is on standard output; it was on standard error", "read standard output")}
	case isRead(c.Stdout):
		return []finding{fixedNow("the output is on standard output; it was on standard error, and nothing was read here")}
	case c.Stdout.Kind == shellscript.Discarded:
		return []finding{needsLook("the output is on standard output, which is discarded; it was on standard error", "")}
	}
	return nil
}

// checkURLs checks commands that read result URLs.
func checkURLs(c call) []finding {
	r := c.stdout()
	switch {
	case r.quiet || r.firstCell && !r.searches("://", "@") && c.name == "result:list", c.isMerged() && r.searches("does not exist", "There are no"):
		return nil
	case !isRead(c.Stdout), c.Stdout.Kind == shellscript.Pipe && r.onlyGrep():
		return []finding{betterNow("passwords in URLs are hidden")}
	}
	return []finding{needsChange("passwords in URLs are hidden (***), so the output cannot be used to create the URL again", "keep the URLs elsewhere")}
}

// onlyGrep reports whether lines are selected and not changed.
func (r reading) onlyGrep() bool {
	return len(r.names) > 0 && !slices.ContainsFunc(r.names, func(name string) bool { return name != "grep" && name != "egrep" && name != "fgrep" })
}

// checkMessages checks commands that read messages, which moved to standard error.
func checkMessages(c call) []finding {
	words := movedMessages(c)
	r := c.stdout()
	if c.isMerged() && !r.display {
		return append(checkOtherText(c, r), checkWording(c, r)...)
	}
	if len(words) == 0 || !isRead(c.Stdout) || c.isMerged() {
		return checkOtherText(c, r)
	}
	switch {
	case r.searches(words...):
		return []finding{needsChange("the messages are on standard error: "+describe(r), useStatus)}
	case c.name == "connector:preview" && r.tableRows:
		return nil
	case (c.name == "connector:issue" || c.name == "connector:run") && r.searches("Status"), r.isShown(c.Stdout):
		return nil
	case c.name == "connector:preview" && slices.ContainsFunc(r.names, isJSONReader):
		return []finding{fixedNow("standard output is only the list; it was not valid JSON because of the hints after it")}
	case c.Cron && c.Stdout.Kind == shellscript.File:
		return nil // checkMail reports it
	}
	return []finding{needsLook("the messages are on standard error, so they are not in the output that is read here"+readBy(r), useStatus)}
}

// checkWording checks commands that search messages, with 2>&1.
func checkWording(c call, r reading) []finding {
	_, verb, _ := strings.Cut(c.name, ":")
	switch verb {
	case "create", "delete", "swap", "rename", "expire", "update", "kill", "set", "add", "remove", "freeze", "unfreeze", "commit", "perform", "run", "import", "change", "upload_part", "upload_parts", "delete_part", "delete_parts":
	default:
		return nil
	}
	known := []string{
		"is created", "is deleted", "are swapped", "is killed", "is canceled", "already finished", "already exists", "does not exist", "is not empty",
		"renamed from", "is queued", "is updated", "is frozen", "is unfrozen", "started to commit", "imported", "Status", "status",
	}
	switch {
	case c.name == "table:update": // a message instead of true
	case strings.HasPrefix(c.name, "connector:"):
		if r.searches(movedMessages(c)...) && !r.searches("Deleted") {
			return nil
		}
	case r.searches(known...) && !r.searches("done", "uploading"), r.searchesPartOf(known...):
		return nil
	}
	return []finding{needsLook("the messages may have other words"+readBy(r), "use the exit status")}
}

// searchesPartOf reports whether a command searches, as a whole word, for a part of one of some messages.
func (r reading) searchesPartOf(messages ...string) bool {
	if !r.onlyGrep() {
		return false
	}
	return slices.ContainsFunc(strings.Split(r.text, "\n"), func(args string) bool {
		words := strings.Fields(args)
		words = slices.DeleteFunc(words, func(w string) bool { return strings.HasPrefix(w, "-") })
		pattern := strings.Join(words, " ")
		return len(pattern) > 3 && slices.ContainsFunc(messages, func(m string) bool { return strings.HasSuffix(m, " "+pattern) || m == pattern })
	})
}

// checkOtherText checks the output of commands that print other text than the Ruby toolbelt.
func checkOtherText(c call, r reading) []finding {
	switch c.name {
	case "update":
		return []finding{needsChange("td does not update itself; it prints how to update", "remove it and update td like other programs")}
	case "import:jar_update", "workflow:update", "workflow:reset":
		return []finding{betterNow("there is nothing to update: td needs no Java")}
	case "import:jar_version", "workflow:version":
		if isRead(c.Stdout) {
			return []finding{needsChange("the text is another one: td needs no Java", "remove it")}
		}
		return []finding{betterNow("td needs no Java")}
	case "import:auto", "import:prepare", "import:upload", "import:config":
		findings := []finding{betterNow("td needs no Java")}
		if isRead(c.Stdout) && !r.display {
			findings = append(findings, needsLook("the messages are not those of td-import"+readBy(r), useStatus))
		}
		return findings
	case "status":
		if isRead(c.Stdout) {
			return []finding{betterNow("the output has no escape sequences that move the cursor")}
		}
	case "workflow:run":
		return []finding{needsChange("workflows do not run on this machine", "push the project and use 'td workflow start'")}
	case "":
		if c.given("version") && isRead(c.Stdout) && !r.display {
			return []finding{needsLook("the version is that of this td"+readBy(r), "")}
		}
	}
	if strings.HasPrefix(c.name, "workflow") {
		if isRead(c.Stdout) && !r.display || len(c.Status.Compared) > 0 {
			return []finding{needsLook("the output and the statuses are not those of digdag"+readBy(r), "check the filter, or use -f json")}
		}
		return []finding{betterNow("td needs no Java")}
	}
	return nil
}

// checkList checks commands that read a list.
func checkList(c call) (findings []finding) {
	if !isRead(c.Stdout) {
		return nil
	}
	r := c.stdout()
	format, _ := c.value("format")
	isTable := format == "" || format == "table"
	switch c.name {
	case "job:list", "table:list", "sched:list", "db:show", "db:list", "user:list", "sched:history", "connector:list", "connector:history", "bulk_import:list", "import:list", "user:apikey:list":
	default:
		return nil
	}
	if c.name == "sched:history" && !isTable {
		if r.skipsStart {
			return []finding{needsChange("with -f the list has no labelled lines before it: "+describe(r), "remove the filter")}
		}
		findings = append(findings, fixedNow("with -f the list has no labelled lines before it"))
	}
	switch {
	case isTable && r.positions:
		findings = append(findings, needsLook("characters are selected by their position, but the width of the columns differs if cells were cut: "+describe(r), "use -f csv, or --names"))
	case isTable && slices.Contains([]string{"job:list", "table:list", "sched:list", "db:show", "sched:history"}, c.name):
		findings = append(findings, betterNow("long rows are not cut (at 120, 500 or 1000 columns)"))
	case format == "tsv" && !r.firstCell && slices.Contains([]string{"table:list", "sched:list", "db:show", "bulk_import:list", "import:list", "sched:history", "connector:list"}, c.name):
		findings = append(findings, betterNow(`values are not quoted; an empty text was written as ""`))
	case c.name == "job:list" && !isTable:
		findings = append(findings, betterNow("the values of Elapsed and CPUTime have no spaces around them, and passwords in URLs are hidden"))
	}
	return findings
}
