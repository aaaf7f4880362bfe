package epollsim

import "math"

// A regular file is always ready, and so cannot be watched.
type regular struct{ size, pos int64 }

// RegularFile makes an empty regular file.
func (k *Kernel) RegularFile() (FD, error) {
	if err := k.begin(Op{Verb: RegularVerb}); err != nil {
		return -1, err
	}
	if err := k.room(1); err != nil {
		return -1, k.fail(err)
	}
	return k.open(regularFile, k.newRegular()), nil
}

func (k *Kernel) newRegular() ref {
	r := k.regulars.make()
	*k.regulars.at(r) = regular{}
	return r
}

func (k *Kernel) writeRegular(f *file, n int) (Outcome, error) {
	r := k.regulars.at(f.obj)
	if n > 0 && r.pos == math.MaxInt64 {
		return Outcome{}, EFBIG
	}
	n = int(min(int64(n), math.MaxInt64-r.pos))
	r.pos += int64(n)
	r.size = max(r.size, r.pos)
	return Outcome{N: n}, nil
}

func (k *Kernel) readRegular(f *file, n int) (Outcome, error) {
	r := k.regulars.at(f.obj)
	n = int(min(int64(n), r.size-r.pos))
	r.pos += int64(n)
	return Outcome{N: n}, nil
}
