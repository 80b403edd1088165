//go:build race

package jobresult

// underRace is true in a test that runs with the race detector, with which a sync.Pool drops values at random.
const underRace = true
