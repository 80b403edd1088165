package cmd

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// What may stand where, for TAB. Whoever adds a command or a flag adds a line here: a test
// holds that every argument and every value has one.

// argumentRules are the kinds of each command's arguments, in their order. A command that
// takes none is left out.
func argumentRules() map[string][]kind {
	return map[string][]kind{
		"db:create": {free},
		"db:delete": {databases},
		"db:show":   {databases},

		"table:create": {databases, free},
		"table:delete": {databases, tables},
		"table:expire": {databases, tables, free},
		"table:import": {databases, tables, files, again},
		"table:list":   {databases},
		"table:rename": {databases, tables, free},
		"table:show":   {databases, tables},
		"table:swap":   {databases, tables, tables},
		"table:tail":   {databases, tables},
		"table:update": {databases, tables},
		"export:table": {databases, tables},

		"schema:add":    {databases, tables, columnAndType, again},
		"schema:remove": {databases, tables, columns, again},
		"schema:set":    {databases, tables, columnAndType, again},
		"schema:show":   {databases, tables},

		"query":         {free},
		"job:kill":      {runningJobs, again},
		"job:list":      {free},
		"job:result":    {jobs},
		"job:show":      {jobs},
		"job:status":    {jobs, again},
		"job:wait":      {runningJobs, again},
		"export:result": {jobs, results},

		"sched:create":  {free, cronTexts, free},
		"sched:delete":  {schedules},
		"sched:history": {schedules, free},
		"sched:result":  {schedules},
		"sched:run":     {schedules, free},
		"sched:update":  {schedules},

		"result:create": {free, free},
		"result:delete": {results},
		"result:show":   {results},

		"import:auto":          {bulkImports, files, again},
		"import:commit":        {bulkImports},
		"import:config":        {files},
		"import:create":        {free, databases, tables},
		"import:delete":        {bulkImports},
		"import:error_records": {bulkImports},
		"import:freeze":        {bulkImports},
		"import:perform":       {bulkImports},
		"import:prepare":       {files, again},
		"import:show":          {bulkImports},
		"import:unfreeze":      {bulkImports},
		"import:upload":        {bulkImports, files, again},

		"bulk_import:commit":        {bulkImports},
		"bulk_import:create":        {free, databases, tables},
		"bulk_import:delete":        {bulkImports},
		"bulk_import:delete_part":   {bulkImports, parts},
		"bulk_import:delete_parts":  {bulkImports, parts, again},
		"bulk_import:error_records": {bulkImports},
		"bulk_import:freeze":        {bulkImports},
		"bulk_import:perform":       {bulkImports},
		"bulk_import:prepare_parts": {files, again},
		"bulk_import:show":          {bulkImports},
		"bulk_import:unfreeze":      {bulkImports},
		"bulk_import:upload_part":   {bulkImports, free, files},
		"bulk_import:upload_parts":  {bulkImports, files, again},

		"connector:create":  {free, cronTexts, databases, tables, files},
		"connector:delete":  {connectors},
		"connector:guess":   {files},
		"connector:history": {connectors},
		"connector:issue":   {files},
		"connector:preview": {files},
		"connector:run":     {connectors, free},
		"connector:show":    {connectors},
		"connector:update":  {connectors, files},

		"account":              {free},
		"account:usage":        {users},
		"apikey:set":           {free},
		"user:apikey:add":      {users},
		"user:apikey:list":     {users},
		"user:apikey:remove":   {users, free}, // a key is a secret
		"user:create":          {free},
		"user:delete":          {users},
		"user:password:change": {users},
		"user:show":            {users},
		"server:endpoint":      {endpoints},

		"workflow":           {verbs, again},
		"workflow:attempt":   {attempts},
		"workflow:attempts":  {projects, workflows},
		"workflow:download":  {projects},
		"workflow:kill":      {attempts},
		"workflow:log":       {attempts, free},
		"workflow:push":      {projects},
		"workflow:retry":     {attempts},
		"workflow:run":       {files, again},
		"workflow:secrets":   {free, again},
		"workflow:sessions":  {projects, workflows},
		"workflow:start":     {projects, workflows},
		"workflow:tasks":     {attempts},
		"workflow:update":    {free},
		"workflow:workflows": {projects},

		"sample:apache":      {files},
		"completion":         {shellNames},
		"completion:install": {shellNames},
		"help":               {helpNames},
	}
}

// flagRules are the kinds of the flags' values: "--name" on every command, and
// "command --name" where it means something else. Flags without a value are left out.
func flagRules() map[string]kind {
	return map[string]kind{
		// before any command
		"--apikey":          free,
		"--color":           oneOf("auto", "always", "never"),
		"--config":          files,
		"--endpoint":        endpoints,
		"--error-format":    oneOf("text", "json"),
		"--import-endpoint": free,
		"--profile":         profiles,
		"--retry-max-time":  free,
		"--status-file":     files,

		// lists, jobs and their rows
		"--format":              listFormats,
		"query --format":        rowFormats,
		"job:result --format":   rowFormats,
		"job:show --format":     rowFormats,
		"sched:result --format": rowFormats,
		"--columns":             free,
		"--database":            databases,
		"--define":              free,
		"--domain-key":          free,
		"--engine-version":      free,
		"--expect":              oneOf("rows>0"),
		"--jq":                  free,
		"--last":                free,
		"--limit":               free,
		"--null":                free,
		"--on-interrupt":        oneOf("leave", "kill"),
		"--once":                free,
		"--out":                 files,
		"--output":              files,
		"--page":                free,
		"--pool-name":           free,
		"--priority":            oneOf("very-low", "low", "normal", "high", "very-high"),
		"--query":               files,
		"sched:update --query":  free, // SQL itself
		"--result":              results,
		"--retry":               free,
		"--skip":                free,
		"--slow":                free,
		"--threads":             free,
		"--timeout":             free,
		"--type":                oneOf("hive", "trino", "presto"),
		"table:create --type":   oneOf("log"),
		"--user":                free,
		"--wait":                free,

		// schedules and connectors
		"--config-diff": files,
		"--delay":       free,
		"--guess":       free,
		"--newname":     free,
		"--num":         free,
		"--schedule":    cronTexts,
		"--table":       tables,
		"--time-column": free,
		"--timezone":    free,

		// tables, exports
		"--assume-role":    free,
		"--aws-key-id":     free,
		"--aws-secret-key": free,
		"--count":          free,
		"--detect-schema":  oneOf("true", "false"),
		"--encryption":     oneOf("s3"),
		"--expire-days":    free,
		"--file-format":    oneOf("jsonl.gz", "tsv.gz", "json.gz", "line-json.gz"),
		"--from":           free,
		"--include-v":      oneOf("true", "false"),
		"--num_threads":    free,
		"--prefix":         free,
		"--s3-bucket":      free,
		"--to":             free,

		// imports
		"table:import --format":              oneOf("apache", "syslog", "msgpack", "json"),
		"import:auto --format":               fileFormats,
		"import:prepare --format":            fileFormats,
		"import:upload --format":             fileFormats,
		"bulk_import:prepare_parts --format": fileFormats,
		"import:config --format":             oneOf("csv", "tsv", "mysql"),
		"import:prepare --output":            folders,
		"bulk_import:prepare_parts --output": folders,
		"--auto-create":                      databaseAndTable,
		"--column-type":                      columnAndType,
		"--column-types":                     oneOf("string", "int", "long", "double"),
		"--db-password":                      free,
		"--db-url":                           free,
		"--db-user":                          free,
		"--delimiter":                        free,
		"--encoding":                         oneOf("utf-8", "utf-16", "utf-16le", "utf-16be", "shift_jis", "euc-jp", "iso-8859-1", "windows-1252", "gbk", "big5", "euc-kr"),
		"--error-records-handling":           oneOf("skip", "abort"),
		"--exclude-columns":                  free,
		"--only-columns":                     free,
		"--parallel":                         free,
		"--quote":                            oneOf("double", "single", "none"),
		"--regex-pattern":                    free,
		"--split-size":                       free,
		"--time-format":                      free,
		"--time-key":                         free,
		"--time-value":                       free,
		"--use-suffix":                       free,

		// users
		"--email": free,

		// workflows
		"workflow:check --project":   folders,
		"workflow:push --project":    folders,
		"workflow:secrets --project": projects,
		"workflow:download --output": folders,
		"--delete":                   free,
		"--last-id":                  free,
		"--name":                     free,
		"--page-size":                free,
		"--param":                    free,
		"--params-file":              files,
		"--resume-from":              free,
		"--revision":                 free,
		"--schedule-from":            free,
		"--session":                  oneOf("now", "hourly", "daily"),
		"--set":                      free,

		// the sandbox
		"--dir":       folders,
		"--fail-rate": free,
		"--grace":     free,
		"--latency":   free,
		"--listen":    free,
		"--seed":      free,
	}
}

// argumentKind is the kind of a command's argument number n, from 0.
func argumentKind(c *cobra.Command, n int) kind {
	kinds := argumentRules()[c.Name()]
	if last := len(kinds) - 1; last > 0 && kinds[last] == again {
		n = min(n, last-1)
	}
	if n >= len(kinds) {
		return free
	}
	return kinds[n]
}

// flagKind is the kind of a flag's value.
func flagKind(c *cobra.Command, f *pflag.Flag) kind {
	rules := flagRules()
	if k, ok := rules[c.Name()+" --"+f.Name]; ok {
		return k
	}
	return rules["--"+f.Name]
}
