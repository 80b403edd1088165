//go:build race

package scripttest

const raceSuffix = "-race"
