package argv

// renamedTo returns the current name of a command that the Ruby toolbelt renamed, or "".
func renamedTo(name string) string {
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
