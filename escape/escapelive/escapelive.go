// Package escapelive compares the model of escape analysis with the messages of the
// compiler.
package escapelive

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/escape"
)

// A Line is one message of the compiler: a file's base name, line, column (0 if there is
// none) and text.
type Line struct {
	File         string
	Line, Column int
	Text         string
}

func (l Line) String() string { return fmt.Sprintf("%s:%d:%d: %s", l.File, l.Line, l.Column, l.Text) }

var message = regexp.MustCompile(`^(.*\.go|\?\?):(\d+)(?::(\d+))?: (.*)$`)

// Parse parses the output of go build -gcflags='-m -l'.
func Parse(out string) []Line {
	var lines []Line
	for text := range strings.Lines(out) {
		m := message.FindStringSubmatch(strings.TrimSuffix(text, "\n"))
		if m == nil {
			continue
		}
		l := Line{File: filepath.Base(m[1]), Text: m[4]}
		l.Line, _ = strconv.Atoi(m[2])
		l.Column, _ = strconv.Atoi(m[3])
		if Verdict(l.Text) != "" {
			lines = append(lines, l)
		}
	}
	return lines
}

// Verdict returns the verdict in a message, "" if the message is about something else.
func Verdict(text string) escape.Verdict {
	switch {
	case strings.HasPrefix(text, "moved to heap: "):
		return escape.MovedToHeap
	case strings.HasPrefix(text, "leaking param content: "):
		return escape.LeakingContent
	case strings.HasPrefix(text, "leaking param: ") && strings.Contains(text, " to result "):
		return escape.LeakingToResult
	case strings.HasPrefix(text, "leaking param: "):
		return escape.LeakingParam
	case strings.HasSuffix(text, " escapes to heap"):
		return escape.EscapesToHeap
	case strings.HasSuffix(text, " does not escape"):
		return escape.DoesNotEscape
	case strings.Contains(text, " ignoring self-assignment in "):
		return escape.SelfAssignment
	case strings.HasPrefix(text, "zero-copy string->[]byte"):
		return escape.ZeroCopy
	case strings.HasPrefix(text, "assuming ") && strings.HasSuffix(text, " is unsafe uintptr"), strings.HasPrefix(text, "marking ") && strings.Contains(text, " as escaping "):
		return escape.UnsafeUintptr
	}
	return ""
}

// Lines returns the model's messages in the compiler's form.
func Lines(r *escape.Result) []Line {
	var out []Line
	for _, d := range r.Diagnostics {
		l := Line{File: filepath.Base(d.File), Line: d.Line, Column: d.Column, Text: d.Text}
		if l.Column >= 255 {
			l.Column = 0 // the compiler leaves it out
		}
		out = append(out, l)
	}
	return out
}

// Compare returns the lines that only the compiler has, and those that only the model
// has; a line can occur several times.
func Compare(compiler, model []Line) (missing, extra []Line) {
	count := map[Line]int{}
	for _, l := range model {
		count[l]++
	}
	for _, l := range compiler {
		if count[l] == 0 {
			missing = append(missing, l)
			continue
		}
		count[l]--
	}
	for l, n := range count {
		for range n {
			extra = append(extra, l)
		}
	}
	sort.Slice(extra, func(i, j int) bool {
		x, y := extra[i], extra[j]
		if x.File != y.File {
			return x.File < y.File
		}
		if x.Line != y.Line {
			return x.Line < y.Line
		}
		return x.Column < y.Column
	})
	return missing, extra
}

// Coarse returns the parts that are compared for releases before 1.22, whose messages
// have other columns and other texts of expressions: the line, the verdict, the name of
// a variable or parameter, and the level of a result.
func Coarse(lines []Line) []Line {
	out := make([]Line, len(lines))
	for i, l := range lines {
		v := Verdict(l.Text)
		text := string(v)
		switch v {
		case escape.MovedToHeap, escape.LeakingParam, escape.LeakingContent:
			_, name, _ := strings.Cut(l.Text, ": ")
			text += " " + name
		case escape.LeakingToResult:
			_, name, _ := strings.Cut(l.Text, ": ")
			name, _, _ = strings.Cut(name, " ")
			text += " " + name + " " + l.Text[strings.LastIndex(l.Text, " ")+1:]
		}
		out[i] = Line{File: l.File, Line: l.Line, Text: text}
	}
	return out
}

// Once removes repeated lines.
func Once(lines []Line) []Line {
	seen := map[Line]bool{}
	var out []Line
	for _, l := range lines {
		if !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	}
	return out
}

// Build returns the compiler's messages about a package; its dependencies are compiled
// as usual.
func (l *Loader) Build(path string) ([]Line, error) {
	cmd := l.command("build", "-gcflags="+path+"=-m -l", "-o", "/dev/null", path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("escapelive: go build: %w: %s", err, out)
	}
	return Parse(string(out)), nil
}

// Temporary writes files into a module of their own in dir, with an assembly file, so
// that functions without a body are allowed.
func Temporary(dir string, files map[string]string) error {
	all := map[string]string{"go.mod": "module temporary\n\ngo 1.26\n", "empty.s": ""}
	for name, text := range files {
		all[name] = text
	}
	for name, text := range all {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}
