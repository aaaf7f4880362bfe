package release

// A Patch is a change of an answer that a model here gives, by a release that was
// no new minor version.
type Patch struct {
	Release string `json:"release"` // the first patch that has it, or at the latest this one
	Model   string `json:"model"`   // the package that answers differently
	Rule    string `json:"rule"`    // the id of its row in the model's fidelity.md
	What    string `json:"what"`    // before, and since
}

// Patches lists the answers that patches have changed, oldest first. It was made by
// comparing runtime, internal/runtime, sync, time, bytes, strings, context and the
// modelled passes of the compiler between the oldest and the newest patch at hand of each
// minor version since 1.3. All other differences concern races, crashes, other systems,
// profiles and traces. The slice is the caller's own.
func Patches() []Patch {
	return []Patch{
		{"go1.4.3", "slicegrow", "zero-size", "append to a slice of elements of size 0 leaves its pointer, be it nil; since then it is runtime.zerobase"},
		{"go1.9.2", "chanq", "select-biased", "a select's order comes from the high bits of a shift register: of four ready cases the shares are 27, 27, 21 and 25 %; since then it is even"},
		{"go1.14.7", "iface", "deep-places", "DeepEqual could take two pointers for a pair that it had seen, by the places where they lie; since then by what they point to (golang/go#39607)"},
		{"go1.25.2", "ctxtree", "err-early", "Err of a context could return an error while Done was still open; since then it waits (golang/go#75533)"},
		{"go1.26.9", "slicegrow", "dest-range", "a slice that is ranged over may be on the stack until it is returned; since then the range counts as sharing it (golang/go#79909)"},
		{"go1.26.9", "slicegrow", "dest-address", "&s[i].f is not taken for an address inside the array; since then it is"},
		{"go1.27.2", "slicegrow", "dest-address", "&s[i].f is not taken for an address inside the array; since then it is"},
	}
}
