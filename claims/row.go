package claims

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// A Verdict is the verdict on a claim.
type Verdict string

// The verdicts.
const (
	Holds     Verdict = "holds"     // true of today's Go
	Imprecise Verdict = "imprecise" // true with a restriction that the claim leaves out
	Wrong     Verdict = "wrong"     // true of no release since 1.2
	Outdated  Verdict = "outdated"  // true of an older release
)

// Verdicts lists the verdicts, from the kindest to the harshest.
func Verdicts() []Verdict { return []Verdict{Holds, Imprecise, Outdated, Wrong} }

// A Proof says how a row can be checked.
type Proof string

// The kinds.
const (
	Observable Proof = "observable" // by the Go that runs the program, and by a model
	Model      Proof = "model"      // by a model: it cannot be seen from outside
	Definition Proof = "definition" // not at all: a name, a piece of history, a slogan
)

// A Row is one claim of the notes.
type Row struct {
	ID      string  `json:"id"`      // "17-2": the second claim of section 17
	Proof   Proof   `json:"proof"`   //
	Package string  `json:"package"` // the model it belongs to
	Verdict Verdict `json:"verdict"`
	Claim   string  `json:"claim"`
	Fact    string  `json:"fact"`    // the correction of the claim, or more about it; may be empty
	Observe string  `json:"observe"` // how it can be seen
	Source  string  `json:"source"`

	// The question of the check; empty while the row has no check.
	Asks    string      `json:"asks,omitempty"`
	Claimed string      `json:"claimed,omitempty"` // answer of the claim; may be empty
	Expect  Expectation `json:"expect,omitzero"`   // answer of Go
}

// Section returns the section of the notes: "17" of 17-2.
func (r Row) Section() string {
	s, _, _ := strings.Cut(r.ID, "-")
	return s
}

// Checked reports whether the row has a check.
func (r Row) Checked() bool { _, ok := checks[r.ID]; return ok }

//go:embed claims.tsv
var ledger string

var columns = []string{"id", "kind", "package", "verdict", "claim", "fact", "observe", "source", "asks", "claimed", "expect"}

// rows is the ledger, parsed. A ledger that does not parse is a broken build.
var rows = func() []Row {
	rows, err := parseLedger(ledger)
	if err != nil {
		panic(err)
	}
	return rows
}()

// Sections lists the sections of the notes, in their order.
func Sections() []string {
	var out []string
	for _, r := range rows {
		if s := r.Section(); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// List reports every row, in the order of the notes.
func List() []Row {
	out := slices.Clone(rows)
	for i := range out {
		out[i].Expect = slices.Clone(out[i].Expect)
	}
	return out
}

// Get returns the row with the ID. It returns an error if there is none.
func Get(id string) (Row, error) {
	i := slices.IndexFunc(rows, func(r Row) bool { return r.ID == id })
	if i < 0 {
		return Row{}, fmt.Errorf("claims: no row %.40q (they are named like %q)", id, rows[0].ID)
	}
	row := rows[i]
	row.Expect = slices.Clone(row.Expect)
	return row, nil
}

func parseLedger(text string) ([]Row, error) {
	var rows []Row
	seen := map[string]bool{}
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		f := strings.Split(line, "\t")
		if len(f) != len(columns) {
			return nil, fmt.Errorf("claims: line %d has %d columns, want %d", i+1, len(f), len(columns))
		}
		if i == 0 {
			if !slices.Equal(f, columns) {
				return nil, fmt.Errorf("claims: the columns are %q, want %q", f, columns)
			}
			continue
		}
		r := Row{ID: f[0], Proof: Proof(f[1]), Package: f[2], Verdict: Verdict(f[3]), Claim: f[4], Fact: f[5], Observe: f[6], Source: f[7], Asks: f[8], Claimed: f[9]}
		var err error
		if r.Expect, err = parseExpectation(f[10]); err != nil {
			return nil, fmt.Errorf("claims: %s: %w", r.ID, err)
		}
		switch {
		case r.ID == "" || seen[r.ID]:
			return nil, fmt.Errorf("claims: line %d: the name %q is empty or taken", i+1, r.ID)
		case !slices.Contains(Verdicts(), r.Verdict):
			return nil, fmt.Errorf("claims: %s: verdict %q", r.ID, r.Verdict)
		case !slices.Contains([]Proof{Observable, Model, Definition}, r.Proof):
			return nil, fmt.Errorf("claims: %s: kind %q", r.ID, r.Proof)
		case (r.Asks == "") != (len(r.Expect) == 0) || r.Asks == "" && r.Claimed != "":
			return nil, fmt.Errorf("claims: %s: a question needs an expected answer, and the reverse", r.ID)
		}
		seen[r.ID] = true
		rows = append(rows, r)
	}
	return rows, nil
}
