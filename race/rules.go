package race

import "github.com/orrery-go/orrery/release"

// rules are what releases differ in.
type rules struct {
	// bytewise: of a range, what is less than 8 bytes is looked at a byte at a time,
	// and takes a cell for each.
	bytewise bool

	// overOthers: an access takes the cell of another goroutine's access to the same
	// bytes that happened before it. Without it, only the cell of its own goroutine's.
	overOthers bool

	// raceEnds: a race leaves a mark in place of the accesses to the 8 bytes, and
	// the rest of the access is not looked at; nor is anything of a later range that
	// begins there. Without it, the accesses stay, and the rest can race, too.
	raceEnds bool

	// slotsJoin: a place of a channel's buffer gathers what all goroutines knew that used
	// it. Without it, a send and a receive exchange what they know with the place.
	slotsJoin bool

	// storeMerges: an atomic store adds the knowledge of its goroutine to that of the
	// earlier stores. Without it, theirs is replaced, like the value.
	storeMerges bool

	// failReleases: a CompareAndSwap that finds another value passes the knowledge of
	// its goroutine on, too. Without it, it only acquires.
	failReleases bool

	// loadFirst: an atomic load acquires, and then counts as a read. Without it, the
	// other way round.
	loadFirst bool
}

func rulesOf(r release.Release) rules {
	return rules{
		bytewise:     !r.AtLeast("go1.19"),
		overOthers:   !r.AtLeast("go1.19"),
		raceEnds:     r.AtLeast("go1.19"),
		slotsJoin:    !r.AtLeast("go1.16"),
		storeMerges:  !r.AtLeast("go1.11"),
		loadFirst:    true,
		failReleases: !r.AtLeast("go1.19"),
	}
}
