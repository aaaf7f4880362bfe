package gomap

import "errors"

type buckets[K comparable, V any] struct{}
type bucketIter[K comparable, V any] struct{}

var errTodo = errors.New("gomap: buckets are not modelled yet")

func (m *Map[K, V]) makeBuckets(hint int64) error                            { return errTodo }
func (m *Map[K, V]) putBucket(key K, elem V) (Outcome, error)                { return Outcome{}, errTodo }
func (m *Map[K, V]) findBucket(hash uint64, key K) (*slot[K, V], Place, int) { return nil, Place{}, 0 }
func (m *Map[K, V]) deleteBucket(key K) (Outcome, error)                     { return Outcome{}, errTodo }
func (m *Map[K, V]) clearBuckets() (Outcome, error)                          { return Outcome{}, errTodo }
func (it *Iter[K, V]) beginBuckets(m *Map[K, V]) error                       { return errTodo }
func (it *Iter[K, V]) nextBucket() bool                                      { return false }
func (m *Map[K, V]) bucketSnapshot(s *Snapshot[K, V])                        {}
func (m *Map[K, V]) cloneBuckets() (*Map[K, V], error)                       { return nil, errTodo }
func (m *Map[K, V]) checkBuckets() error                                     { return nil }
