package house

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/internal/underrace"
)

var re = regexp.MustCompile

// phrases are the phrases that CONTRIBUTING refuses in a comment, each with a better
// one. A match is refused unless the pattern unless matches in the same place.
var phrases = []struct {
	refuse, unless *regexp.Regexp
	instead        string
}{
	{re(`\b[Ss]o many\b`), nil, "the number, by its name: at most n"},
	{re(`\b(comes|came) to[.,;:]`), nil, "is the result of"},
	{re(`^An? [A-Z]\w+ is what (a|an|it|they|you)\b`), nil, "say what it is: the result of, the state of"},
	{re(`\b[Ww]hom\b|\b[Tt]hose who\b`), re(`^## For whom|\*\*For those who`), "the goroutine that"},
	{re(`\b[Ww]ho\b`), re(`\b([Pp]erson|[Pp]eople|[Uu]sers?|[Rr]eaders?|[Tt]eachers?|[Aa]uthors?|[Ss]ome(body|one)|[Aa]ny(body|one)|[Nn]obody|[Ee]very(body|one)|[Nn]o one|[Ss]tranger|[Tt]hose) who\b`), "the goroutine that, the caller"},
	{re(`\bbehind\b`), re(`\b([Ff]alls?|[Ll]eaves?|[Ll]eft|clock) behind\b`), "after"},
	{re(`^[A-Z][^.:;(]* (is|are) an error[.,;]`), re(`\bthere is an error`), "It returns an error if"},
	{re(`\. (An?|The|That|What) [^.:;(]* (is|are) an error[.,;]`), nil, "It returns an error if"},
	{re(`\berrors? as \S+ does\b`), nil, "Errors are those of F"},
	{re(`\bout of its range\b|\b[Ss]omething( in \S+)? is out of`), nil, "a field is out of range"},
	{re(`\b[Ww]hat(ever)? (became|becomes|came|comes) of\b`), nil, "the result of, the state of; in any case"},
	{re(`\bbut for\b`), nil, "except for"},
	{re(`\b(does|do) an operation\b`), nil, "performs an operation"},
	{re(`^[A-Z]\w* (is|are) (how (many|often|long|far)|its name)\b|^An? \w+ is (how|where|when|why|whether)\b`), nil, "it is the number of, the place of; it returns the name"},
	{re(`\b([Gg]ets|is told) (every|each) (step|event)\b`), nil, "receives every step"},
	{re(`^(Test|Fuzz|Benchmark)\w+ (holds|has bytes)\b`), nil, "checks that, compares with, performs"},
	{re(`\b(is|are|was|were) told\b`), re(`\b(is|are|was|were) told apart\b`), "gets, receives; is reported"},
	{re(`\b[Tt]ells of\b`), nil, "reports"},
	{re(`^[a-z]\w* (is|are) what (is|are|was|were)\b`), nil, "say what it is: the result of, the state of"},
	{re(`\bfor ever\b`), nil, "forever"},
	{re(`\bdoes again what was\b|\bnone of the machine`), nil, "performs the recorded operations again; is not the machine's"},
}

// complaints returns the refused phrases of a comment.
func complaints(text string) (out []string) {
	text = strings.Join(strings.Fields(text), " ")
	for _, p := range phrases {
		bad := p.refuse.FindAllString(text, -1)
		fine := 0
		if p.unless != nil {
			fine = len(p.unless.FindAllString(text, -1))
		}
		if len(bad) > fine {
			out = append(out, "\""+bad[0]+"\" (want: "+p.instead+")")
		}
	}
	return out
}

// TestEnglish refuses phrases in comments that are not plain English, as far as they can
// be found without false alarms.
func TestEnglish(t *testing.T) {
	if underrace.On {
		t.Skip("it is one goroutine that matches regular expressions, for over a minute")
	}
	n := 0
	for _, f := range files(t) {
		for _, group := range f.syntax.Comments {
			text := prose(group)
			n++
			for _, c := range complaints(text) {
				t.Errorf("%s: %s", f.at(group), c)
			}
		}
	}
	if n < 10_000 {
		t.Errorf("only %d comments", n)
	}
}

// TestEnglishOfFiles refuses the same phrases in the tables of the models and in the
// texts for readers. It ignores code and quoted text.
func TestEnglishOfFiles(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(root, "*", "fidelity.md"))
	if err != nil || len(names) < 15 {
		t.Fatalf("%d tables, %v", len(names), err)
	}
	for _, name := range []string{"README.md", "LESSONS.md", "CONTRIBUTING.md", "CHANGELOG.md"} {
		names = append(names, filepath.Join(root, name))
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, paragraph := range paragraphs(string(text)) {
			for _, c := range complaints(paragraph) {
				t.Errorf("%s: %s in %.80q", name, c, paragraph)
			}
		}
	}
}

// quoted matches code, quoted text, and the id of a row.
var quoted = regexp.MustCompile("`[^`]*`|\"[^\"]*\"|^\\| [a-z0-9-]+ \\|")

// paragraphs returns the paragraphs of a text, with each row of a table as a paragraph,
// without indented code and quoted text.
func paragraphs(text string) (out []string) {
	for _, p := range strings.Split(strings.ReplaceAll(text, "\n|", "\n\n|"), "\n\n") {
		if !strings.HasPrefix(p, "    ") {
			out = append(out, quoted.ReplaceAllString(p, ""))
		}
	}
	return out
}

// prose returns a comment without its code, which is indented.
func prose(group *ast.CommentGroup) string {
	var text strings.Builder
	for _, c := range group.List {
		if line := strings.TrimPrefix(c.Text, "//"); !strings.HasPrefix(line, "\t") {
			text.WriteString(line + "\n")
		}
	}
	return text.String()
}

func TestEnglishCanFail(t *testing.T) {
	for _, text := range []string{
		"f makes so many pages.",
		"A Run is the state that a program came to.",
		"An Outcome is what an operation did.",
		"The goroutine to whom it belongs.",
		"wakes who waits.",
		"The slots behind the last one.",
		"An unknown release is an error.",
		"F makes one. An unknown release is an error.",
		"It returns an error as Find does.",
		"F returns an error if something is out of range.",
		"An Answer is what comes of two values.",
		"all but for the root",
		"Do does an operation.",
		"MaxNodes is how many nodes a tree can have.",
		"A Path is where a value goes.",
		"String is its name.",
		"Trace gets every step.",
		"It does again what was done.",
		"TestF holds that it is so.",
		"FuzzF has bytes say so.",
		"A caller is told the result.",
		"acquired tells of an acquire.",
		"goroutine is what is known of one.",
		"It waits for ever.",
	} {
		if got := complaints(text); len(got) != 1 {
			t.Errorf("%q: complaints %q, want one", text, got)
		}
	}
	for _, text := range []string{
		"F returns an error if the release is unknown.", "nobody who reads it", "for every one", "they are told apart", "It ends when there is an error, or it is over.",
		"a worker falls behind", "The third comes to the front.",
	} {
		if got := complaints(text); len(got) != 0 {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestEnglishOfFilesCanFail(t *testing.T) {
	got := paragraphs("A `who` and \"who\".\n\n    who\n\n| who-a | who waits |\n| b | c |\n")
	if len(got) != 3 || len(complaints(got[0])) != 0 || len(complaints(got[1])) != 1 {
		t.Errorf("%q", got)
	}
}
