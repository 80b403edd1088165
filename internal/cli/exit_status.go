package cli

// Exit statuses of td. They are stable: scripts depend on them. "td help exit-status" documents them.
const (
	ExitOK         = 0
	ExitFailure    = 1
	ExitUsage      = 2
	ExitJobFailed  = 3
	ExitJobKilled  = 4
	ExitJobRunning = 5
	ExitAuth       = 6
	ExitForbidden  = 7
	ExitNotFound   = 8
	ExitConflict   = 9
	ExitNetwork    = 10
	ExitLocalIO    = 11
	ExitIncomplete = 12
	ExitUnmet      = 13
	ExitSignal     = 128 // plus the number of the signal
)
