package cmd

// today is what a command that only old habits know is called now, or "".
func today(name string) string {
	switch name {
	case "show-job":
		return "job:show"
	case "show-jobs":
		return "job:list"
	case "server-status":
		return "server:status"
	}
	return ""
}
