package epollsim

// maxNests is the largest number of epolls one in another, above the file (EP_MAX_NESTS).
const maxNests = 4

// loopCheck is what a check has seen: the epolls with its number.
type loopCheck struct {
	gen  uint64
	into ref
	seen []ref // files of no epoll below the one that is added
}

// mayNest is ep_loop_check: whether an epoll may be added to another one. It counts
// how deep it is below the one, and how high it is above the other.
func (k *Kernel) mayNest(into, added ref) bool {
	k.loop.gen++
	k.loop.into = into
	k.loop.seen = k.loop.seen[:0]
	down := k.depthBelow(added)
	if down > maxNests {
		return false
	}
	return down+1+k.depthAbove(into) <= maxNests
}

// depthBelow is ep_loop_check_proc: more than maxNests if there is a cycle. The kernel also
// bounds how deep it looks; what was added before is never deeper.
func (k *Kernel) depthBelow(e ref) (most int) {
	ep := k.epolls.at(e)
	if ep.gen == k.loop.gen {
		return ep.depth
	}
	ep.gen = k.loop.gen
	for it := k.first(ep.root); it != 0; it = k.successor(it) {
		f := k.files.at(k.items.at(it).file)
		if f.kind != epollFile {
			k.loop.seen = append(k.loop.seen, k.items.at(it).file)
			continue
		}
		if f.obj == k.loop.into {
			most = maxNests + 1
		} else {
			most = max(most, k.depthBelow(f.obj)+1)
		}
		if most > maxNests {
			break
		}
	}
	ep.depth = most
	return most
}

// depthAbove is ep_get_upwards_depth_proc.
func (k *Kernel) depthAbove(e ref) (most int) {
	ep := k.epolls.at(e)
	if ep.gen == k.loop.gen {
		return ep.depth
	}
	for it := k.files.at(ep.file).items; it != 0; it = k.items.at(it).fileNext {
		most = max(most, k.depthAbove(k.items.at(it).epoll)+1)
	}
	ep.gen, ep.depth = k.loop.gen, most
	return most
}

// pathLimits are the largest numbers of ways of each length from a file up to an epoll
// that nobody watches (path_limits); of those of length 1 there may be any number.
var pathLimits = [...]int{1000, 500, 100, 50, 10}

// pathsFit is reverse_path_check, of the file that was added, or of all below the
// epoll that was.
func (k *Kernel) pathsFit(f *file) bool {
	if f.kind != epollFile {
		var count [len(pathLimits)]int
		return k.countPaths(f, 0, &count)
	}
	for _, r := range k.loop.seen {
		var count [len(pathLimits)]int
		if !k.countPaths(k.files.at(r), 0, &count) {
			return false
		}
	}
	return true
}

func (k *Kernel) countPaths(f *file, depth int, count *[len(pathLimits)]int) bool {
	if depth > maxNests {
		return false
	}
	for it := f.items; it != 0; it = k.items.at(it).fileNext {
		up := k.files.at(k.epolls.at(k.items.at(it).epoll).file)
		if up.items != 0 {
			if !k.countPaths(up, depth+1, count) {
				return false
			}
			continue
		}
		if depth > 0 {
			if count[depth]++; count[depth] > pathLimits[depth] {
				return false
			}
		}
	}
	return true
}

// first and successor walk a tree in order.
func (k *Kernel) first(it ref) ref {
	for it != 0 && k.items.at(it).left != 0 {
		it = k.items.at(it).left
	}
	return it
}

func (k *Kernel) successor(it ref) ref {
	i := k.items.at(it)
	if i.right != 0 {
		return k.first(i.right)
	}
	for i.up != 0 && k.items.at(i.up).right == it {
		it = i.up
		i = k.items.at(it)
	}
	return i.up
}
