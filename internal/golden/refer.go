package golden

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// If Set.Refer is set, a text that an older release has at the same place is written
// only once: newer releases have "=go1.4.3" in its place.

const refers = "="

// A document is the JSON of a release's answer, with or without references.
type document = any

// texts calls f with every text of the document that is long enough to be referred to,
// and with its place, and replaces it by the result of f.
func texts(v document, place string, f func(place, text string) string) document {
	switch v := v.(type) {
	case string:
		if len(v) > len("=go1.10.10") || strings.HasPrefix(v, refers) {
			return f(place, v)
		}
	case []any:
		for i := range v {
			v[i] = texts(v[i], place+"/"+strconv.Itoa(i), f)
		}
	case map[string]any:
		for k := range v {
			v[k] = texts(v[k], place+"/"+k, f)
		}
	}
	return v
}

// shorten replaces repeated texts by references in the records of all releases, which
// are given oldest first.
func shorten(rels []string, records map[string]document) {
	first := map[string]string{}
	for _, rel := range rels {
		if records[rel] == nil {
			continue
		}
		records[rel] = texts(records[rel], "", func(place, text string) string {
			key := place + "\x00" + text
			if old, ok := first[key]; ok {
				return refers + old
			}
			first[key] = rel
			return text
		})
	}
}

// lengthen resolves the references in a document. read reads the document of a release.
func lengthen(v document, read func(rel string) (document, error)) (document, error) {
	of := map[string]map[string]string{} // texts by release and place
	var failed error
	v = texts(v, "", func(place, text string) string {
		rel, ok := strings.CutPrefix(text, refers)
		if !ok {
			return text
		}
		if of[rel] == nil {
			of[rel] = map[string]string{}
			old, err := read(rel)
			if err != nil && failed == nil {
				failed = err
			}
			texts(old, "", func(place, text string) string { of[rel][place] = text; return text })
		}
		said, ok := of[rel][place]
		if (!ok || strings.HasPrefix(said, refers)) && failed == nil {
			failed = fmt.Errorf("golden: %s has nothing at %s that %s could refer to", rel, place, text)
		}
		return said
	})
	return v, failed
}

// read reads the document of a release without resolving its references.
func read(files fs.FS, rel string) (v document, err error) {
	data, err := fs.ReadFile(files, "testdata/golden/"+rel+".json")
	if err == nil {
		err = json.Unmarshal(data, &v)
	}
	return v, err
}
