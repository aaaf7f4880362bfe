package slicegrow

import (
	"fmt"

	"github.com/orrery-go/orrery/alloc"
)

// A Rule is the rule that decided a new capacity.
type Rule int

const (
	Fits        Rule = iota // the capacity is enough; nothing is allocated
	ZeroSize                // elements of size 0: the capacity is the new length
	Needed                  // more than twice the old capacity is needed
	Double                  // a small slice
	Quarter                 // a large slice, up to Go 1.17
	Smooth                  // a large slice, since Go 1.18
	Overflow                // the steps of a large slice overflow an int: the needed length
	StackBuffer             // the whole buffer on the stack, since Go 1.25
	StackStep               // the next size class inside that buffer, since Go 1.26
	Moved                   // from that buffer to the heap by a return, since Go 1.26

	BufferSmall   // the first 64 bytes of a bytes.Buffer
	BufferSlide   // the unread bytes of a bytes.Buffer move to the beginning of its array
	BufferDouble  // twice the capacity of a bytes.Buffer plus the needed bytes
	BuilderDouble // twice the capacity of a strings.Builder plus the requested bytes
)

// A Growth is the result of an append. Lengths and capacities are in elements, all else
// is in bytes. An [alloc.Tiny] array has the numbers of an array with a slot to itself,
// though it shares a block with others.
type Growth struct {
	Rule   Rule      `json:"rule"`
	Append Append    `json:"append"`        // the question
	Ptr    Pointer   `json:"ptr"`           // the memory that the result points to; Same if it is that of the old slice
	Len    int64     `json:"len,string"`    // of the result
	Ideal  int64     `json:"ideal,string"`  // capacity that the rule gives, before rounding up
	Cap    int64     `json:"cap,string"`    // of the result
	Copied int64     `json:"copied,string"` // from the old array to the new one
	Way    alloc.Way `json:"way"`           // how the allocator serves the new array; "" if it is not asked
	Class  int       `json:"class"`         // index of the size class, for Tiny of the class to which the size is rounded up; 0 for Large
	Bytes  int64     `json:"bytes,string"`  // of the heap that the new array takes, header and waste included
	Header int64     `json:"header,string"` // of malloc header in Bytes
	Waste  int64     `json:"waste,string"`  // of Bytes that neither the header nor the capacity uses
}

// String describes the growth in one line.
func (g Growth) String() string {
	a := &g.Append
	need := a.Len + a.Count
	if g.Rule == Needed {
		need = g.Ideal // which in old releases is more
	}
	what := fmt.Sprintf("len %d, cap %d, %d more of %d bytes: ", a.Len, a.Cap, a.Count, a.Size)
	switch g.Rule {
	case Fits:
		return what + fmt.Sprintf("%d fit into the capacity of %d", need, g.Cap)
	case ZeroSize:
		return what + fmt.Sprintf("elements of size 0 take no memory, so cap is the new length, %d", g.Cap)
	case StackBuffer:
		return what + fmt.Sprintf("the first append takes the whole buffer of %d bytes on the stack: cap %d", stackBuffer, g.Cap)
	case StackStep:
		return what + fmt.Sprintf("%d fit into the buffer of %d bytes on the stack, rounded up to a size class: cap %d", need, stackBuffer, g.Cap)
	case Moved:
		what = fmt.Sprintf("len %d, cap %d of %d bytes: the return moves them from the stack to the heap", a.Len, a.Cap, a.Size)
	case Needed:
		what += fmt.Sprintf("%d are needed, more than twice the capacity of %d", need, a.Cap)
	case Double:
		what += fmt.Sprintf("twice the capacity is %d", g.Ideal)
	case Quarter:
		what += fmt.Sprintf("a quarter more until it is enough is %d", g.Ideal)
	case Smooth:
		what += fmt.Sprintf("a quarter and 192 more until it is enough is %d", g.Ideal)
	case BufferSmall:
		return what + fmt.Sprintf("a first array of %d bytes", g.Cap)
	case BufferSlide:
		return what + fmt.Sprintf("the %d unread bytes move to the beginning: cap %d", g.Copied, g.Cap)
	case BufferDouble, BuilderDouble:
		what += fmt.Sprintf("twice the capacity and what is needed, %d", g.Ideal)
	case Overflow:
		what += fmt.Sprintf("a quarter more is no int, so the needed %d", need)
	default:
		return what + fmt.Sprintf("cap %d", g.Cap)
	}
	if g.Way == "" {
		return what + fmt.Sprintf(": cap %d", g.Cap)
	}
	what += fmt.Sprintf("; %d bytes take ", g.Ideal*a.Size)
	if g.Class != 0 {
		what += fmt.Sprintf("class %d of %d", g.Class, g.Bytes)
	} else {
		what += fmt.Sprintf("pages of %d", g.Bytes)
	}
	if g.Header != 0 {
		what += fmt.Sprintf(", %d of them header", g.Header)
	}
	return what + fmt.Sprintf(": cap %d, %d bytes copied, %d wasted", g.Cap, g.Copied, g.Waste)
}
