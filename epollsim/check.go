package epollsim

import (
	"cmp"
	"fmt"
	"slices"
)

// filesInOrder returns the open files by number.
func (k *Kernel) filesInOrder() (out []ref) {
	for r := range k.files.all {
		if k.files.all[r].kind != noFile {
			out = append(out, ref(r))
		}
	}
	slices.SortFunc(out, func(a, b ref) int { return cmp.Compare(k.files.at(a).id, k.files.at(b).id) })
	return out
}

// Check returns an error if an invariant is broken. They hold between any two calls.
func (k *Kernel) Check() error {
	if k.config.MaxFD == 0 {
		return errUseNew
	}
	refs := map[ref]int32{}
	open := 0
	for fd, r := range k.fds {
		if used := k.used[fd/64]>>(fd%64)&1 != 0; used != (r != 0) {
			return fmt.Errorf("epollsim: descriptor %d is used %v and has file %d", fd, used, r)
		}
		if r != 0 {
			open++
			refs[r]++
		}
	}
	if open != k.open_ {
		return fmt.Errorf("epollsim: %d descriptors are open, counted %d", open, k.open_)
	}
	for _, w := range k.waiters {
		refs[w.file]++
	}
	items := 0
	for _, r := range k.filesInOrder() {
		f := k.files.at(r)
		if f.refs != refs[r] {
			return fmt.Errorf("epollsim: file %d has %d references, counted %d", f.id, refs[r], f.refs)
		}
		if err := k.checkQueue(r, f); err != nil {
			return fmt.Errorf("epollsim: file %d: %w", f.id, err)
		}
		if f.kind == epollFile {
			ep := k.epolls.at(f.obj)
			if err := k.checkEpoll(ep); err != nil {
				return fmt.Errorf("epollsim: epoll file %d: %w", f.id, err)
			}
			items += ep.size
		}
	}
	if items != k.watches {
		return fmt.Errorf("epollsim: %d items, counted %d", items, k.watches)
	}
	return nil
}

// checkQueue holds that the items of a file wait for it, and exclusive ones at the end.
func (k *Kernel) checkQueue(r ref, f *file) error {
	mine, waiting, exclusive := map[ref]bool{}, 0, false
	for it := f.items; it != 0; it = k.items.at(it).fileNext {
		mine[it] = true
	}
	for it := f.queue; it != 0; it = k.items.at(it).queueNext {
		i := k.items.at(it)
		if !mine[it] || i.file != r || exclusive && !i.exclusive {
			return fmt.Errorf("the wait queue is out of order at %v", k.name(it))
		}
		exclusive = i.exclusive
		waiting++
	}
	if waiting != len(mine) {
		return fmt.Errorf("%d items watch it, %d wait", len(mine), waiting)
	}
	return nil
}

func (k *Kernel) checkEpoll(ep *epoll) error {
	n := 0
	var prev *item
	for it := k.first(ep.root); it != 0; it = k.successor(it) {
		i := k.items.at(it)
		if prev != nil && compare(prev.id, prev.fd, i) >= 0 {
			return fmt.Errorf("the tree is out of order at %v", k.name(it))
		}
		if prev, n = i, n+1; i.overflowed && !ep.overflowing {
			return fmt.Errorf("%v overflows without a scan", k.name(it))
		}
	}
	if n != ep.size {
		return fmt.Errorf("%d items in the tree, counted %d", n, ep.size)
	}
	if ep.root != 0 && k.items.at(ep.root).red {
		return fmt.Errorf("the root is red")
	}
	if _, err := k.blackHeight(ep.root); err != nil {
		return err
	}
	if ep.overflowing != (ep.scanner != 0) {
		return fmt.Errorf("a scanner without a scan, or the reverse")
	}
	listed := 0
	for _, l := range []list{ep.ready, ep.sending} {
		last := ref(0)
		for it := l.head; it != 0; it = k.items.at(it).next {
			if i := k.items.at(it); !i.linked || i.prev != last {
				return fmt.Errorf("the list is not linked both ways at %v", k.name(it))
			}
			last = it
			listed++
		}
		if l.tail != last {
			return fmt.Errorf("the end of a list is lost")
		}
	}
	for it := k.first(ep.root); it != 0; it = k.successor(it) {
		if k.items.at(it).linked {
			listed--
		}
	}
	if listed != 0 {
		return fmt.Errorf("items that think that they are on a list: %d too few", listed)
	}
	return nil
}

// blackHeight counts the black nodes on every way down, which must be as many.
func (k *Kernel) blackHeight(it ref) (int, error) {
	if it == 0 {
		return 1, nil
	}
	i := k.items.at(it)
	for _, c := range []ref{i.left, i.right} {
		if c != 0 && (i.red && k.items.at(c).red || k.items.at(c).up != it) {
			return 0, fmt.Errorf("two red nodes in a row, or a lost parent, at %v", k.name(c))
		}
	}
	l, err := k.blackHeight(i.left)
	if err != nil {
		return 0, err
	}
	r, err := k.blackHeight(i.right)
	if err == nil && l != r {
		err = fmt.Errorf("%d black nodes to the left of %v, %d to the right", l, k.name(it), r)
	}
	if !i.red {
		l++
	}
	return l, err
}
