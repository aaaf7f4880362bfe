// Package script runs text scenarios on the models: commands, and what they
// print. A scenario is a lesson that a test keeps true.
//
//	# A slice of 1,000 in 1,024 gets 25 more.
//	release go1.15
//	grow len=1000 cap=1024 count=25 size=8
//	----
//	double: 2048
//
// A line that begins with # is a comment. A block is one or more commands, a
// line of four dashes, and the expected output up to an empty line. A command
// that fails prints "error: " and the error. A command is a verb with words and
// key=value arguments; a word in quotes or backquotes may hold blanks.
//
// Each model has a file here with its verbs, so that models stay free of text.
// Their scenarios are in <model>/testdata/*.txt. The test of this package runs
// them all, and with -update writes what the models say now:
//
//	go test ./script -update
package script
