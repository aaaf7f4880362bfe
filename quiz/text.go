package quiz

import (
	"fmt"
	"strings"
)

// A text is in English and in Chinese.
type text struct{ en, zh string }

func (t text) in(lang string) string {
	if lang == "zh" {
		return t.zh
	}
	return t.en
}

// say formats a text in both languages. What is a text among the arguments is put in
// in the language.
func say(en, zh string, args ...any) text {
	format := func(format, lang string) string {
		own := make([]any, len(args))
		for i, a := range args {
			if t, ok := a.(text); ok {
				a = t.in(lang)
			}
			own[i] = a
		}
		return fmt.Sprintf(format, own...)
	}
	return text{format(en, "en"), format(zh, "zh")}
}

// same returns what is the same in all languages: a number, a name, code, what a model
// says.
func same(x any) text {
	s := fmt.Sprint(x)
	return text{s, s}
}

// each makes a text of each value that is the same in all languages.
func each[T any](values ...T) (out []text) {
	for _, v := range values {
		out = append(out, same(v))
	}
	return out
}

// The answers to questions of which the answer is yes or no.
var yes, no = text{"yes", "是"}, text{"no", "否"}

// yesNo returns the answer, and the other one.
func yesNo(b bool) (right text, wrong []text) {
	if b {
		return yes, []text{no}
	}
	return no, []text{yes}
}

// indent moves lines to the right by four blanks.
func indent(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimRight(text, "\n"), "\n", "\n    ")
}
