package lb

// queue is a priority queue of backends: the lowest key first, of equal ones the one
// that came first. It is what HAProxy's elastic binary trees are used for. Its zero
// value is for 0 backends: see grow.
type queue struct {
	heap []int32 // backends
	at   []int32 // by backend: where it is in the heap; -1 if it is not
	key  []uint32
	came []uint64
	seq  uint64
}

func (q *queue) grow(n int) {
	for len(q.at) < n {
		q.at, q.key, q.came = append(q.at, -1), append(q.key, 0), append(q.came, 0)
	}
}

// first returns the first backend, or [None].
func (q *queue) first() Backend {
	if len(q.heap) == 0 {
		return None
	}
	return Backend(q.heap[0])
}

func (q *queue) has(b Backend) bool { return int(b) < len(q.at) && q.at[b] >= 0 }

func (q *queue) less(a, b int32) bool {
	return q.key[a] < q.key[b] || q.key[a] == q.key[b] && q.came[a] < q.came[b]
}

// insert puts a backend in that is not in it.
func (q *queue) insert(b Backend, key uint32) {
	q.seq++
	q.key[b], q.came[b] = key, q.seq
	q.heap = append(q.heap, int32(b))
	q.at[b] = int32(len(q.heap) - 1)
	q.rise(len(q.heap) - 1)
}

// requeue is remove and insert.
func (q *queue) requeue(b Backend, key uint32) {
	q.seq++
	q.key[b], q.came[b] = key, q.seq
	i := int(q.at[b])
	q.sink(i)
	q.rise(int(q.at[b]))
}

// remove takes a backend out, if it is in.
func (q *queue) remove(b Backend) {
	if !q.has(b) {
		return
	}
	i, last := int(q.at[b]), len(q.heap)-1
	moved := q.heap[last]
	q.heap = q.heap[:last]
	q.at[b] = -1
	if i < last {
		q.heap[i], q.at[moved] = moved, int32(i)
		q.sink(i)
		q.rise(int(q.at[moved]))
	}
}

func (q *queue) rise(i int) {
	b := q.heap[i]
	for i > 0 {
		up := (i - 1) / 2
		if !q.less(b, q.heap[up]) {
			break
		}
		q.heap[i] = q.heap[up]
		q.at[q.heap[i]] = int32(i)
		i = up
	}
	q.heap[i], q.at[b] = b, int32(i)
}

func (q *queue) sink(i int) {
	b := q.heap[i]
	for {
		k := 2*i + 1
		if k >= len(q.heap) {
			break
		}
		if k+1 < len(q.heap) && q.less(q.heap[k+1], q.heap[k]) {
			k++
		}
		if !q.less(q.heap[k], b) {
			break
		}
		q.heap[i] = q.heap[k]
		q.at[q.heap[i]] = int32(i)
		i = k
	}
	q.heap[i], q.at[b] = b, int32(i)
}
