package claims

import (
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/orrery-go/orrery/runes"
)

// runesTexts are the characters of the rows about runes.
var runesTexts = map[string]string{
	"21b-1": "\u00e9",
	"21b-2": "e\u0301",
	"21b-3": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
	"21b-4": "\u00e9",
}

var runesChecks = map[string]check{
	"21b-1": counted(runesTexts["21b-1"], func(string) int { return len(runes.Append(nil, 'é')) }, func(s string) int { return len(s) }),
	"21b-2": counted(runesTexts["21b-2"], runes.Count[string], func(s string) int { return len([]rune(s)) }),
	"21b-3": counted(runesTexts["21b-3"], runes.Count[string], utf8.RuneCountInString),
	"21b-4": {
		model: func(string) (string, error) {
			r, _ := runes.Decode(runesTexts["21b-4"])
			return yesNo(reflect.TypeOf(r) == reflect.TypeFor[int32]()), nil
		},
		live: func() (string, error) { return yesNo(reflect.TypeOf('a') == reflect.TypeFor[int32]()), nil },
	},
}

// counted returns a check of the number of some units in a text that is a single
// character to a reader.
func counted(text string, model, live func(string) int) check {
	return check{
		model: func(string) (string, error) {
			if n := len(runes.Clusters(text)); n != 1 {
				return "", fmt.Errorf("%q is %d characters to a reader", text, n)
			}
			return fmt.Sprint(model(text)), nil
		},
		live: func() (string, error) { return fmt.Sprint(live(text)), nil },
	}
}
