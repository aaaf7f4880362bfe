package layout

import (
	"encoding/json"
	"fmt"

	"github.com/orrery-go/orrery/internal/brief"
)

// An Entry is a row of the output of structlayout -json
// (honnef.co/go/tools/structlayout): a field or a pad, in bytes from the beginning of the
// outermost struct. A pad has no name, type and alignment.
type Entry struct {
	Name      string
	Type      string
	Start     int64
	End       int64
	Size      int64
	Align     int64
	IsPadding bool
}

// MarshalJSON and UnmarshalJSON use the names of structlayout, whose other tools
// read them.
func (e Entry) MarshalJSON() ([]byte, error) {
	type structlayout struct {
		Name      string `json:"name"`
		Type      string `json:"type"`
		Start     int64  `json:"start"`
		End       int64  `json:"end"`
		Size      int64  `json:"size"`
		Align     int64  `json:"align"`
		IsPadding bool   `json:"is_padding"`
	}
	return json.Marshal(structlayout(e))
}

func (e *Entry) UnmarshalJSON(text []byte) error {
	var v struct {
		Name      string `json:"name"`
		Type      string `json:"type"`
		Start     int64  `json:"start"`
		End       int64  `json:"end"`
		Size      int64  `json:"size"`
		Align     int64  `json:"align"`
		IsPadding bool   `json:"is_padding"`
	}
	err := json.Unmarshal(text, &v)
	if err == nil {
		*e = Entry(v)
	}
	return brief.Error(err)
}

// maxEntries bounds the result of Flatten.
const maxEntries = 1 << 16

// Flatten returns the fields and pads of a struct, with those of the structs in it in
// their place: the fields of T.b are T.b.c and T.b.d. Arrays stay whole. The name stands
// for T. It returns an error if the type is not a struct or has more than 65,536 entries,
// and if [Rules.Of] does.
//
// Rows and names are those of structlayout, sizes the compiler's: a last field
// of size 0 keeps it, and the byte after it is part of the pad. The text of a
// type is cut at 200 bytes.
func (r *Rules) Flatten(name string, t Type) ([]Entry, error) {
	l, err := r.Of(t)
	if err != nil {
		return nil, err
	}
	if _, ok := under(t).(*Struct); !ok {
		return nil, fmt.Errorf("layout: %s is no struct", short(t))
	}
	return r.flatten([]Entry{}, l, name, 0)
}

func (r *Rules) flatten(out []Entry, l Layout, prefix string, base int64) ([]Entry, error) {
	for _, f := range l.Fields {
		if len(out) >= maxEntries || len(prefix) > maxPath {
			return nil, fmt.Errorf("layout: %s has more than %d entries, or names of more than %d bytes", short(l.Type), maxEntries, maxPath)
		}
		start := base + f.Offset
		if st, ok := under(f.Type).(*Struct); ok && len(st.Fields) > 0 {
			inner, err := r.Of(f.Type)
			if err != nil {
				return nil, err
			}
			if out, err = r.flatten(out, inner, prefix+"."+f.Name, start); err != nil {
				return nil, err
			}
		} else {
			out = append(out, Entry{prefix + "." + f.Name, short(f.Type), start, start + f.Size, f.Size, f.Align, false})
		}
		if f.Pad > 0 {
			out = append(out, Entry{Start: start + f.Size, End: start + f.Size + f.Pad, Size: f.Pad, IsPadding: true})
		}
	}
	return out, nil
}
