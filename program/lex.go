package program

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a word, a number, a duration or a sign of a line.
type token struct {
	text string
	from int // bytes into the line
}

// lex cuts a line into tokens. A minus directly before a digit is part of the
// number, unless it directly follows a word.
func lex(line string) (out []token, bad *Error) {
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		from := i
		switch {
		case unicode.IsSpace(r):
			i += size
			continue
		case isWord(r), r == '-' && i+1 < len(line) && (isDigit(line[i+1]) || line[i+1] == '.') && !follows(out, line, i):
			for i += size; i < len(line); i += size {
				if r, size = utf8.DecodeRuneInString(line[i:]); !isWord(r) {
					break
				}
			}
		case strings.ContainsRune("=!<>", r) && strings.HasPrefix(line[i+size:], "="):
			i += 2
		case strings.ContainsRune("=<>+-*/%()[],:", r):
			i += size
		default:
			return out, &Error{Column: column(line, i), Text: errorf("%q is no part of a program", r).Text}
		}
		out = append(out, token{line[from:i], from})
	}
	return out, nil
}

func isWord(r rune) bool { return r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// follows reports whether the sign at i is one between two values: a word, a number
// or a bracket is directly before it.
func follows(before []token, line string, i int) bool {
	if len(before) == 0 {
		return false
	}
	t := before[len(before)-1]
	r, _ := utf8.DecodeLastRuneInString(t.text)
	return t.from+len(t.text) == i && (isWord(r) || r == ']')
}

// column returns the place of a byte in a line, in characters from 1.
func column(line string, i int) int { return utf8.RuneCountInString(line[:min(i, len(line))]) + 1 }
