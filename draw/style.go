package draw

import (
	"fmt"
	"strings"
)

// A look is the paint of a class on light and on dark paper.
type look struct {
	class       string
	light, dark string // fill
}

// hues distinguish goroutines and the like; their classes are g0, g1, ...
var hues = []look{
	{"g0", "#a6cdff", "#1f4f82"}, {"g1", "#ffd58a", "#6e4a00"}, {"g2", "#a5e3b0", "#1e5e2f"}, {"g3", "#f7b6d2", "#7c2c52"},
	{"g4", "#cdc1f7", "#4b3b8f"}, {"g5", "#a9e2e6", "#1b5a60"}, {"g6", "#e4da9a", "#575011"}, {"g7", "#f5b8a6", "#7a3420"},
}

// fills are the looks of boxes. The text on them has a contrast of at least 4.5 to 1,
// except on black, where its class is on-black, and on white and grey, which are the same
// on dark paper, where its class is on-white.
var fills = append([]look{
	{"cell", "#f1f3f5", "#1c2128"},
	{"data", "#cfe3fb", "#143a66"}, // holds a value, or pointers
	{"warm", "#fbe3b5", "#5a3d00"}, // waits, or is special
	{"full", "#5b9cea", "#2f6fbd"}, // below a share
	{"hot", "#e0a53a", "#96650e"},  // below a share
	{"white", "#ffffff", "#ffffff"},
	{"grey", "#a3a9b0", "#a3a9b0"},
	{"black", "#111111", "#111111"},
}, hues...)

// inks are the looks of lines and text.
var inks = []look{
	{"ink", "#1f2328", "#e6edf3"},
	{"dim", "#57606a", "#9aa4af"},
	{"mark", "#b93a00", "#ff9a62"}, // changed, or wrong
	{"amber", "#8a5a00", "#e0b35a"},
}

// style is the style sheet and the hatching of all pictures.
var style = makeStyle()

func makeStyle() string {
	var b strings.Builder
	b.WriteString("<style>\n")
	b.WriteString("line,path{fill:none;stroke-width:1}\nrect{stroke-width:1}\n" +
		".pad{fill:url(#hatch)}\n.changed,.strong{stroke-width:3}\n.changed{fill:none}\n.dashed{stroke-dasharray:6 4}\n.on-black{fill:#ffffff}\n.on-white{fill:#111111}\n")
	sheet := func(dark bool) {
		c := func(k look) string {
			if dark {
				return k.dark
			}
			return k.light
		}
		ink, dim, mark, amber := c(inks[0]), c(inks[1]), c(inks[2]), c(inks[3])
		fmt.Fprintf(&b, ".paper{fill:%s}\ntext{fill:%s}\n.dim{fill:%s}\nrect,line,path.wire{stroke:%s}\n.head{fill:%s}\n", map[bool]string{false: "#ffffff", true: "#0d1117"}[dark], ink, dim, dim, dim)
		fmt.Fprintf(&b, "rect.changed,.strong{stroke:%s}\n.head-strong{fill:%s}\n.amber{stroke:%s}\n.head-amber{fill:%s}\n.hatch{fill:%s}\n", mark, mark, amber, amber, amber)
		for _, k := range fills {
			fmt.Fprintf(&b, ".%s{fill:%s}\n", k.class, c(k))
		}
	}
	sheet(false)
	b.WriteString("@media (prefers-color-scheme:dark){\n")
	sheet(true)
	b.WriteString("}\n</style>\n")
	b.WriteString(`<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0 0 H2 V6 H0 Z"/></pattern></defs>` + "\n")
	return b.String()
}
