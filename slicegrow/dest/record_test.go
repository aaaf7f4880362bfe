package dest_test

import (
	"errors"
	"go/importer"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/slicegrow/dest"
	"github.com/orrery-go/orrery/slicegrow/slicegrowlive"
)

// TestRecord reads functions that the compilers of five releases have made code of: each
// answer is one with which the capacities are those that the functions had. In the full run
// slicegrowlive.TestDestRecord compares the record with the compilers.
func TestRecord(t *testing.T) {
	record, err := os.ReadFile("testdata/compilers.txt")
	if err != nil {
		t.Fatal(err)
	}
	answers := map[string]map[string][]string{} // by element and function
	for line := range strings.Lines(string(record)) {
		words := strings.Split(strings.TrimSpace(line), "\t")
		if answers[words[0]] == nil {
			answers[words[0]] = map[string][]string{}
		}
		answers[words[0]][words[1]] = words[2:]
	}
	imports := importer.Default()
	for _, elem := range slicegrowlive.DestRecordElems {
		fs := slices.DeleteFunc(slicegrowlive.DestRecorded(elem), func(f slicegrowlive.DestFunction) bool { return answers[elem][f.Name] == nil })
		if len(fs) < 50 || len(fs) != len(answers[elem]) {
			t.Fatalf("%d functions of T %s, and a record of %d", len(fs), elem, len(answers[elem]))
		}
		file, info, err := loadWith(slicegrowlive.DestProgram(elem, fs), imports)
		if err != nil {
			t.Fatal(err)
		}
		body := bodies(file, info)
		for _, f := range fs {
			fn := decl(file, f.Name)
			for i, release := range slicegrowlive.DestReleases {
				appends, err := dest.Read(fn, info, dest.Config{Release: release, Body: body})
				if err != nil {
					t.Fatal(err)
				}
				loop, after, err := f.Appends(fn, f.Of(appends))
				got := "?"
				switch {
				case errors.Is(err, dest.ErrUnknown):
				case err != nil:
					t.Fatal(err)
				case after != nil:
					got = slicegrowlive.DestAnswer(loop.Question.Dest, after.Question.Dest)
				default:
					got = slicegrowlive.DestAnswer(loop.Question.Dest)
				}
				if want := strings.Fields(answers[elem][f.Name][i]); !slices.Contains(want, got) {
					t.Errorf("%s, T %s: %s, and by the capacities %v:\n%s%v", release, elem, got, want, f.Source, reasons(appends))
				}
			}
		}
	}
}

func reasons(appends []dest.Append) (all string) {
	for _, a := range appends {
		all += string(slicegrowlive.DestAnswer(a.Question.Dest)) + ": " + a.Rule + ": " + a.Reason + "\n"
	}
	return all
}
