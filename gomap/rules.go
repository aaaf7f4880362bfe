package gomap

import (
	"github.com/orrery-go/orrery/release"
)

// rules are what releases differ in.
type rules struct {
	swiss bool // tables of groups; before, buckets

	// Of Swiss tables.

	prune       bool // tombstones are pruned, in an assignment of the fast paths
	prunePtr    bool // in those of pointer keys, too
	mayTomb     bool // the header says whether there may be tombstones
	updateGrows bool // assigning to a full small map makes a table of it, also if the key is there
	clearTested bool // clearing zeroes the groups that have an entry, not all
	clearBound  bool // and all, if few are without
	cloneDeep   bool // Clone copies memory, not entries

	// Of buckets.

	oldLayout     bool  // Go 1.2: evacuation is marked in the overflow pointer
	minTop        uint8 // the lowest tophash of an entry
	loadNum       int   // over 2: entries a bucket holds on average before the map grows
	sameSize      bool  // too many overflow buckets make a map grow to the same size
	stopsGrow     bool  // a growth that is due in a growth throws; else it waits
	freeList      bool  // overflow buckets without pointers are on a list of the header
	prealloc      bool  // overflow buckets are allocated with the array
	runsAhead     bool  // the mark of evacuation runs ahead of the evacuation
	keepKeys      bool  // delete leaves a key without pointers
	keepElems     bool  // and an element without
	zeroOld       uint8 // what is zeroed of an evacuated bucket: never, always, or if buckets have pointers
	mapclear      bool  // deleting in a loop is one clear
	emptyRest     bool  // empty slots say whether there are entries after them
	reseeds       bool  // a map that becomes empty by deletes or clear gets a new seed
	marksOnClear  bool  // iterators see that a map was cleared
	hintEquals    bool  // a hint of exactly the load takes the next size
	randomBucket  bool  // a range starts at a random bucket
	randomSlot    bool  // and slot
	negativePanic bool  // a negative hint panics
	clone         bool  // there is maps.Clone
	clearFunc     bool  // and clear
	smallHint     bool  // a hint that needs over 32 bits panics
	smoothAppend  bool  // slices grow smoothly

	// Of both.

	detects      bool // uses at once are detected
	detectsRange bool // and ranges
	poisons      bool // the mark of a writer is set before the key is hashed, and stays if that panics
	hashesEmpty  bool // a key is hashed even if the map is empty
	emptyError   bool // with a text of its own there
	nilRuntime   bool // the text of a nil map begins with "runtime error: "
}

// What is zeroed of an evacuated bucket.
const (
	zeroNever uint8 = iota
	zeroAlways
	zeroPointers
)

func rulesOf(r release.Release) rules {
	at := r.AtLeast
	u := rules{
		swiss:       at("go1.24"),
		prune:       at("go1.25"),
		prunePtr:    at("go1.27"),
		mayTomb:     at("go1.25"),
		updateGrows: !at("go1.27"),
		clearTested: at("go1.25"),
		clearBound:  at("go1.26"),
		cloneDeep:   at("go1.25"),

		oldLayout:     !at("go1.3"),
		loadNum:       13,
		sameSize:      at("go1.8"),
		stopsGrow:     !at("go1.8"),
		freeList:      at("go1.5"),
		prealloc:      at("go1.9"),
		runsAhead:     at("go1.9"),
		keepKeys:      at("go1.10"),
		keepElems:     at("go1.10") && !at("go1.11"),
		mapclear:      at("go1.11"),
		emptyRest:     at("go1.12"),
		reseeds:       at("go1.16"),
		marksOnClear:  at("go1.21"),
		hintEquals:    at("go1.8") && !at("go1.10"),
		randomBucket:  !at("go1.3") || at("go1.4"),
		randomSlot:    at("go1.3"),
		negativePanic: !at("go1.9"),
		clone:         at("go1.21"),
		clearFunc:     at("go1.21"),
		smallHint:     !at("go1.8"),
		smoothAppend:  at("go1.18"),

		detects:      at("go1.6"),
		detectsRange: at("go1.8"),
		poisons:      at("go1.6") && !at("go1.9"),
		hashesEmpty:  at("go1.12"),
		emptyError:   at("go1.25"),
		nilRuntime:   !at("go1.4"),
	}
	switch {
	case at("go1.12"):
		u.minTop = 5
	case at("go1.3"):
		u.minTop = 4
	default:
		u.minTop = 1
	}
	if r.Minor() == 21 {
		u.loadNum = 12 // 13/16 of 8, in whole numbers
	}
	switch {
	case at("go1.10"):
		u.zeroOld = zeroPointers
	case at("go1.3"):
		u.zeroOld = zeroAlways
	}
	return u
}
