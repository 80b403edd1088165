package compat

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/shellscript"
	"github.com/td-cli/td/pkg/jobresult"
)

// checkFlags reports flags that have another effect, or never had the expected one.
func checkFlags(c call) (findings []finding) {
	switch c.name {
	case "query":
		findings = append(checkQueryFlags(c), checkRowFlags(c)...)
	case "job:show", "sched:result":
		findings = checkRowFlags(c)
	case "sched:update":
		if sql, ok := c.ending("query"); ok && isFileName(sql) && !strings.ContainsAny(sql, " \n") {
			findings = append(findings, stillBroken("-q of sched:update is the SQL itself, not a file: the schedule runs the text "+sql, `use -q "$(cat FILE)"`))
		}
	case "connector:guess":
		for _, name := range []string{"type", "access-id", "access-secret", "source"} {
			if c.given(name) {
				findings = append(findings, unchanged("--"+name+" is obsolete", "write it to the configuration file"))
			}
		}
	case "table:import":
		findings = checkImportFormat(c)
	case "job:status", "job:kill":
		if len(c.args) > 1 {
			findings = append(findings, betterNow("several jobs are accepted; it was an error"))
		}
	case "bulk_import:prepare_parts":
		if !c.given("time-column") && !c.given("time-value") && len(c.open) == 0 {
			findings = append(findings, fixedNow("without --time-column and --time-value the column time is used; it was an error"))
		}
	}
	return findings
}

func isFileName(s string) bool {
	return strings.HasSuffix(s, ".sql") || strings.HasSuffix(s, ".hql") || strings.HasSuffix(s, ".txt") || strings.HasPrefix(s, "/") || strings.HasPrefix(s, "./")
}

// checkImportFormat reports formats that the Ruby toolbelt does not read.
func checkImportFormat(c call) []finding {
	if c.given("apache") || c.given("syslog") || c.given("json") || c.given("msgpack") || len(c.open) > 0 {
		return nil
	}
	format, isKnown := c.value("format")
	switch {
	case !c.given("format"):
		return []finding{fixedNow("without --format the files are read as apache, or by their names; it was an error")}
	case isKnown && !slices.Contains([]string{"apache", "syslog", "json", "msgpack"}, format):
		return []finding{betterNow("the Ruby toolbelt does not read the format " + format)}
	}
	return nil
}

// checkRejectedFlags reports flags that are rejected when the command runs.
func checkRejectedFlags(c call) []finding {
	switch c.name {
	case "query", "job:show", "sched:result":
	default:
		return checkRejectedValues(c)
	}
	if c.printsHelp() {
		return nil
	}
	format, _ := c.value("format")
	switch {
	case c.name == "query" && len(c.args) == 0 && !c.given("query") && len(c.open) == 0:
		return []finding{c.neverWorked("there is no SQL; both reject it", "add the SQL, -q FILE, or - for standard input")}
	case c.name != "query" && c.given("output") && c.given("limit"):
		return []finding{c.neverWorked("-l and -o cannot be used together; both reject it", "use LIMIT in the SQL")}
	case c.given("column-header") && !c.given("format") && !c.given("output"), c.given("column-header") && strings.HasPrefix(format, "msgpack"):
		return []finding{c.neverWorked("-c requires -f csv, tsv or json; both reject it", "add -f csv")}
	case c.given("vertical") && format != "" && format != "vertical":
		return []finding{needsChange("-G and -f "+format+" cannot be used together; the Ruby toolbelt ignored -G", "remove -G")}
	case c.given("exclude") && c.given("output"):
		return []finding{needsChange("-x and -o cannot be used together; the Ruby toolbelt wrote no file", "remove -o, or -x")}
	}
	return nil
}

// checkRejectedValues reports values that are rejected when the command runs, and that the Ruby toolbelt accepted.
func checkRejectedValues(c call) []finding {
	switch c.name {
	case "table:swap":
		if len(c.args) == 3 && c.args[1] == c.args[2] {
			return []finding{needsChange("a table cannot be swapped with itself; the Ruby toolbelt did it without an effect", "remove the call")}
		}
	case "table:expire":
		if len(c.args) == 3 && !isNumber(c.args[2]) && !strings.Contains(c.args[2], shellscript.Unknown) {
			return []finding{needsChange("the number of days must be a number; the Ruby toolbelt took "+c.args[2]+" as 0, which disables the expiration", "correct it")}
		}
	case "table:create", "table:update":
		if days, ok := c.value("expire-days"); ok && strings.HasPrefix(days, "-") {
			return []finding{needsChange("--expire-days must not be negative; the Ruby toolbelt did nothing and had status 0", "correct it")}
		}
		if c.name == "table:update" && !c.given("expire-days") && !c.given("include-v") && !c.given("detect-schema") && len(c.open) == 0 {
			return []finding{needsChange("there is nothing to update; the Ruby toolbelt did nothing and had status 0", "add --expire-days, --include-v or --detect-schema")}
		}
	}
	return nil
}

func isNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 32)
	return err == nil
}

func checkQueryFlags(c call) (findings []finding) {
	if kind, ok := c.value("type"); ok && kind != "hive" && kind != "presto" && kind != "trino" {
		findings = append(findings, needsChange("the service does not run queries of type "+kind, "use -T trino or -T hive"))
	}
	if c.given("sampling") {
		findings = append(findings, unchanged("--sampling has no effect", "remove it"))
	}
	if !c.given("database") {
		findings = append(findings, betterNow("without -d the database of the settings is used; it was an error"))
	}
	if c.given("output") && c.given("wait") && c.given("limit") {
		findings = append(findings, stillBroken("-l has no effect with -o: the file has all rows", "use LIMIT in the SQL"))
	}
	if c.given("output") && !c.given("wait") {
		findings = append(findings, stillBroken("without -w no file is written; the query is only submitted", "add -w"))
	}
	if c.given("domain-key") {
		findings = append(findings, betterNow("a domain key that is in use has status 9; it was an error with status 1"))
	}
	return findings
}

// checkRowFlags reports flags of rows.
func checkRowFlags(c call) (findings []finding) {
	format, _ := c.value("format")
	output, isKnown := c.ending("output")
	lower := strings.ToLower(output)
	switch {
	case !isKnown:
	case c.given("vertical") && !c.given("format"):
		findings = append(findings, needsChange("with -G the file has a block of lines for each row; it was tsv", "remove -G"))
	case output == "-" && c.flags["output"].Value == "-":
		findings = append(findings, needsChange("-o - is standard output; it was a file with this name", "use another name"))
	case strings.HasSuffix(lower, ".gz") && !strings.HasSuffix(lower, ".msgpack.gz") && format != "msgpack.gz", strings.HasSuffix(lower, ".zst"):
		findings = append(findings, needsChange("the file is compressed because of its name; it was not", "rename it, or expect a compressed file"))
	case !c.given("format"):
		findings = append(findings, checkFileName(output)...)
	}
	if c.given("exclude") || c.name == "query" && !c.given("wait") {
		return findings
	}
	isText := c.given("format") || c.given("output")
	switch {
	case !isText:
	case format == "tsv" || !c.given("format") && (!isKnown || fileFormat(output) == ""):
		findings = append(findings, betterNow(`tab, newline, carriage return and backslash in a value are written as \t, \n, \r and \\`))
	case format == "csv":
		findings = append(findings, betterNow(`NaN is written as NaN, not """NaN"""`))
	}
	return findings
}

// fileFormat returns the format that the name of -o selects now and did not select in the Ruby
// toolbelt, or "".
func fileFormat(name string) jobresult.Format {
	format, _ := jobresult.FormatOf(name)
	switch format {
	case jobresult.CSV, jobresult.TSV, jobresult.JSON, jobresult.MsgPack, jobresult.MsgPackGz:
		return ""
	}
	return format
}

// checkFileName reports names of -o for which the format is not the expected one.
func checkFileName(name string) []finding {
	lower := strings.ToLower(filepath.Base(name))
	switch {
	case fileFormat(name) != "":
		return []finding{needsChange("the name selects the format "+string(fileFormat(name))+"; it was tsv", "add -f tsv to keep tsv")}
	case strings.HasSuffix(lower, ".csv"), strings.HasSuffix(lower, ".json"), strings.HasSuffix(lower, ".msgpack"), strings.HasSuffix(lower, ".msgpack.gz"):
		return []finding{stillBroken("-o without -f writes tsv, whatever the name is", "add -f "+strings.TrimPrefix(filepath.Ext(strings.TrimSuffix(lower, ".gz")), ".")+", or -f tsv if tsv is meant")}
	}
	for _, ext := range []string{".orc", ".avro", ".xlsx", ".xls", ".xml", ".yaml", ".yml", ".bz2", ".xz", ".zip", ".7z", ".tar", ".tgz", ".lz4", ".snappy", ".br", ".feather", ".ods"} {
		if strings.HasSuffix(lower, ext) {
			return []finding{needsChange("td rejects the name because it cannot write this format; it was tsv", "add -f tsv to keep tsv")}
		}
	}
	return nil
}
