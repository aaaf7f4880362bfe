package playground

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A link is the part after # in the address of the page:
// "v=1&view=sched&example=pipeline &release=go1.17&step=60". v is the version; every
// version stays readable forever. A program that does not belong to an example is in p,
// or, if that is shorter, deflated and in base64 in z; an option is "o." and its name.

// Write returns the link for the question.
func (q *Question) Write() (string, error) {
	if _, err := q.input(); err != nil {
		return "", err
	}
	v := viewOf(q.View)
	parts := []string{"v=" + strconv.Itoa(Schema)}
	add := func(key, value string) {
		if value != "" {
			parts = append(parts, key+"="+url.QueryEscape(value))
		}
	}
	add("view", q.View)
	if i := slices.IndexFunc(v.Examples, func(e Example) bool { return e.Program == q.Program }); i >= 0 {
		add("example", v.Examples[i].ID)
	} else if packed, plain := deflate(q.Program), url.QueryEscape(q.Program); len(packed) < len(plain) {
		add("z", packed)
	} else {
		parts = append(parts, "p="+plain) // even if it is empty
	}
	add("release", q.Release)
	add("beside", q.Beside)
	if q.Seed != "1" {
		add("seed", q.Seed)
	}
	for _, o := range v.Options {
		if value := q.Options[o.ID]; value != o.Default {
			add("o."+o.ID, value)
		}
	}
	if q.Step > 0 {
		add("step", strconv.Itoa(q.Step))
	}
	if q.Lang == "zh" {
		add("lang", q.Lang)
	}
	return strings.Join(parts, "&"), nil
}

// ReadLink reads a link that Question.Write returned. It returns an error that names the
// first mistake.
func ReadLink(link string) (Question, error) {
	q := Question{Schema: Schema, Ask: "run", Options: map[string]string{}}
	bad := func(format string, args ...any) (Question, error) {
		return Question{}, fmt.Errorf("the link is broken: "+format, args...)
	}
	if len(link) > 2*MaxProgram {
		return bad("it is too long")
	}
	values, err := url.ParseQuery(strings.TrimPrefix(link, "#"))
	if err != nil {
		return bad("%.80v", err)
	}
	version := values.Get("v")
	if n, err := strconv.Atoi(version); err != nil || n < 1 {
		return bad("it has no version")
	} else if n > Schema {
		return bad("version %d is newer than this page, which knows %d", n, Schema)
	}
	has := map[string]bool{}
	for key, list := range values {
		if len(list) != 1 {
			return bad("%.40q is there %d times", key, len(list))
		}
		value := list[0]
		has[key] = true
		switch key {
		case "v":
		case "view":
			q.View = value
		case "example":
			q.Example = value
		case "p":
			q.Program = value
		case "z":
			if q.Program, err = inflate(value); err != nil {
				return bad("its program is damaged: %v", err)
			}
		case "release":
			q.Release = value
		case "beside":
			q.Beside = value
		case "seed":
			q.Seed = value
		case "lang":
			q.Lang = value
		case "step":
			if q.Step, err = strconv.Atoi(value); err != nil || q.Step < 0 {
				return bad("step %.40q", value)
			}
		default:
			id, ok := strings.CutPrefix(key, "o.")
			if !ok {
				return bad("it has %.40q, which no link has", key)
			}
			q.Options[id] = value
		}
	}
	if v := viewOf(q.View); v != nil && !has["example"] && !has["p"] && !has["z"] {
		q.Example = v.Examples[0].ID
	}
	if _, err := q.input(); err != nil {
		return bad("%s", strings.TrimPrefix(err.Error(), "playground: "))
	}
	return q, nil
}

func deflate(text string) string {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression) // the level is known
	_, _ = io.WriteString(w, text)                     // a Buffer takes everything
	_ = w.Close()
	return base64.RawURLEncoding.EncodeToString(b.Bytes())
}

func inflate(text string) (string, error) {
	packed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return "", err
	}
	out, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), MaxProgram+1))
	if err != nil {
		return "", err
	}
	if len(out) > MaxProgram {
		return "", errors.New("it is too long")
	}
	return string(out), nil
}
