package claims

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/alloc/alloclive"
)

var allocChecks = map[string]check{
	"28-12": {model: waysModel(15, 16, 32768, 32769), live: waysLive(15, 16, 32768, 32769), quiet: true},
	"28-13": {
		quiet: true,
		model: func(rel string) (string, error) {
			return eightByteClasses(func(noscan bool) (alloc.Placement, error) { return placeIn(rel, 8, noscan) })
		},
		live: func() (string, error) {
			return eightByteClasses(func(noscan bool) (alloc.Placement, error) { return alloclive.Place(8, noscan) })
		},
	},
	"28-14": {model: waysModel(32760, 32768), live: waysLive(32760, 32768)},
	"28-15": {model: waysModel(32767, 32768), live: waysLive(32767, 32768)},
	"28-18": {
		model: func(rel string) (string, error) {
			r, err := alloc.ForRelease(rel)
			if err != nil {
				return "", err
			}
			return fmt.Sprint(len(r.Classes())), nil
		},
		live: func() (string, error) { return fmt.Sprint(len(alloclive.Sizes())), nil },
	},
}

func placeIn(rel string, size int64, noscan bool) (alloc.Placement, error) {
	r, err := alloc.ForRelease(rel)
	if err != nil {
		return alloc.Placement{}, err
	}
	return r.Place(size, noscan)
}

// ways returns the paths that requests without pointers take through the allocator.
func ways(place func(size int64) (alloc.Placement, error), sizes []int64) (string, error) {
	var kinds []string
	for _, size := range sizes {
		p, err := place(size)
		if err != nil {
			return "", err
		}
		kinds = append(kinds, string(p.Way))
	}
	return strings.Join(kinds, " "), nil
}

func waysModel(sizes ...int64) func(string) (string, error) {
	return func(rel string) (string, error) {
		return ways(func(size int64) (alloc.Placement, error) { return placeIn(rel, size, true) }, sizes)
	}
}

func waysLive(sizes ...int64) func() (string, error) {
	return func() (string, error) {
		return ways(func(size int64) (alloc.Placement, error) { return alloclive.Place(size, true) }, sizes)
	}
}

func eightByteClasses(place func(noscan bool) (alloc.Placement, error)) (string, error) {
	without, err := place(true)
	if err != nil {
		return "", err
	}
	with, err := place(false)
	return fmt.Sprint(without.Bytes, with.Bytes), err
}
