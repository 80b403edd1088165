package sandbox

import "github.com/td-cli/td/internal/sandbox/state"

// collections are the named things that the state keeps.
type collections struct {
	notes      state.Collection[bool]
	users      state.Collection[account]
	keys       state.Collection[apiKey]
	schedules  state.Collection[schedule]
	results    state.Collection[savedResult]
	sessions   state.Collection[session]
	connectors state.Collection[connector]
}

func newCollections(db *state.DB) collections {
	return collections{
		notes:      state.Objects[bool](db, "note"),
		users:      state.Objects[account](db, "user"),
		keys:       state.Objects[apiKey](db, "key"),
		schedules:  state.Objects[schedule](db, "schedule"),
		results:    state.Objects[savedResult](db, "result"),
		sessions:   state.Objects[session](db, "session"),
		connectors: state.Objects[connector](db, "connector"),
	}
}
