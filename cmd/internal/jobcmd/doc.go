// Package jobcmd contains code that is shared by the commands that submit, wait for or fetch jobs: their flags, and the
// steps from the SQL to the rows.
package jobcmd
