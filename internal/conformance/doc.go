// Package conformance runs other people's clients of the API against the sandbox: each
// program of this directory sends the calls of one client and reports its steps. The tests
// have the build tag conformance.
package conformance
