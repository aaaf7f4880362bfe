package lb

import "fmt"

// Moves counts the keys that go to another server after a change.
type Moves struct {
	Keys  int `json:"keys"`
	Moved int `json:"moved"` // keys that go to another server
	Must  int `json:"must"`  // of them, keys whose server is gone or whose new server was just added: the fewest that any method can move
}

// String reads like "3012 of 9000 keys move, 2995 must".
func (m Moves) String() string {
	return fmt.Sprintf("%d of %d keys move, %d must", m.Moved, m.Keys, m.Must)
}

// work keeps the time of simulations in bounds: requests times servers.
const work = 1 << 26

// maxKeys is the largest number of keys of [CountMoves].
const maxKeys = 1 << 18

// CountMoves sends the keys /k0, /k1 and so on, each from an address of its own, through
// a picker of each configuration, and compares the names of the servers. It does not call
// Trace. It returns the errors of New, and an error if keys is out of [1,2^18], or keys
// times the number of servers is more than 2^26.
func CountMoves(before, after Config, keys int) (Moves, error) {
	if keys < 1 || keys > maxKeys {
		return Moves{}, fmt.Errorf("lb: %d keys out of range [1,%d]", keys, maxKeys)
	}
	if n := max(len(before.Servers), len(after.Servers)); int64(n)*int64(keys) > work {
		return Moves{}, fmt.Errorf("lb: %d keys and %d servers (want at most %d in product)", keys, n, work)
	}
	before.Trace, after.Trace = nil, nil
	was, err := New(before)
	if err != nil {
		return Moves{}, err
	}
	is, err := New(after)
	if err != nil {
		return Moves{}, err
	}
	old, now := map[string]bool{}, map[string]bool{}
	for _, s := range before.Servers {
		old[s.Name] = true
	}
	for _, s := range after.Servers {
		now[s.Name] = true
	}
	m := Moves{Keys: keys}
	for i := range keys {
		from, err := keyed(was, before, i)
		if err != nil {
			return m, err
		}
		to, err := keyed(is, after, i)
		if err != nil {
			return m, err
		}
		if from != to {
			m.Moved++
			if !now[from] || !old[to] {
				m.Must++
			}
		}
	}
	return m, nil
}

// keyed returns the name of the server that key number i goes to.
func keyed(p Picker, c Config, i int) (string, error) {
	b, err := p.Pick(Request{Key: fmt.Sprintf("/k%d", i), Source: IPv4(10, byte(i>>16), byte(i>>8), byte(i))})
	if err != nil {
		return "", err
	}
	return c.Servers[b].Name, p.Done(b, Response{})
}
