package playground

// An About holds what the page needs before the first question, in one language.
type About struct {
	Words map[string]string `json:"words"` // of the page itself
	Views []AboutView       `json:"views"`

	// Rules are the rules of the views in a language that their fidelity.md is not in, by
	// the model's folder and the id: "sched/ring". An engine of a single view has none.
	Rules map[string]AboutRule `json:"rules,omitempty"`
}

// An AboutRule is a rule in the page's language.
type AboutRule struct {
	Rule string `json:"rule"`
	Why  string `json:"why,omitempty"` // why it is simplified or left out
}

// An AboutView describes a view.
type AboutView struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	About    string         `json:"about"`
	Language string         `json:"language"`
	Releases []string       `json:"releases"`
	Examples []AboutExample `json:"examples"`
	Options  []AboutOption  `json:"options"`
}

// An AboutExample is an example with its title.
type AboutExample struct {
	Example
	Title string `json:"title"`
}

// An AboutOption is an option with its words.
type AboutOption struct {
	ID      string        `json:"id"`
	Label   string        `json:"label"`
	Default string        `json:"default"`
	Min     int           `json:"min"`
	Max     int           `json:"max"`
	Choices []AboutChoice `json:"choices"`
}

// An AboutChoice is a value of an option.
type AboutChoice struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

func about(lang string) *About {
	a := &About{Words: map[string]string{}, Views: []AboutView{}}
	if lang == "zh" {
		a.Rules = chinese
	}
	for key, w := range page {
		a.Words[key] = w.in(lang)
	}
	for _, v := range views {
		in := &Input{view: v, lang: lang}
		k := AboutView{ID: v.ID, Title: v.Title.in(lang), About: v.About.in(lang), Language: v.Language.in(lang),
			Releases: v.releases(), Examples: []AboutExample{}, Options: []AboutOption{}}
		for _, e := range v.Examples {
			k.Examples = append(k.Examples, AboutExample{e, e.Title.in(lang)})
		}
		for _, o := range v.Options {
			out := AboutOption{ID: o.ID, Label: in.Say("option." + o.ID), Default: o.Default, Min: o.Min, Max: o.Max, Choices: []AboutChoice{}}
			for _, c := range o.Choices {
				label := c
				if _, ok := v.Words["choice."+c]; ok {
					label = in.Say("choice." + c)
				}
				out.Choices = append(out.Choices, AboutChoice{c, label})
			}
			k.Options = append(k.Options, out)
		}
		a.Views = append(a.Views, k)
	}
	return a
}
