package chanq

import "fmt"

// A State is one of the three states of a channel.
type State string

// The three states.
const (
	NilState    State = "nil"
	ActiveState State = "active"
	ClosedState State = "closed"
)

// A Row is a line of the table of states: the result of an operation.
type Row struct {
	State State  `json:"state"`
	Holds int64  `json:"holds"` // values in the buffer, which has room for 1; -1: there is no buffer
	Op    string `json:"op"`    // "send", "receive", "close", "len", "cap"
	Ends  string `json:"ends"`  // "proceeds", "waits", "7, true", "panic: close of nil channel"
}

// States returns the table of every operation in every state of a channel, by performing
// each in a model of the release: of a nil channel, of active ones without a buffer, with
// an empty one and with a full one, and of the same when closed. It returns an error if
// the release is unknown.
func States(release string) ([]Row, error) {
	var rows []Row
	for _, state := range []State{NilState, ActiveState, ClosedState} {
		for _, holds := range []int64{-1, 0, 1} {
			if state == NilState && holds >= 0 {
				continue
			}
			for _, op := range []string{"send", "receive", "close", "len", "cap"} {
				ends, err := ends(release, state, holds, op)
				if err != nil {
					return nil, err
				}
				rows = append(rows, Row{state, holds, op, ends})
			}
		}
	}
	return rows, nil
}

// ends performs one operation on a channel made for it, and returns the result.
func ends(release string, state State, holds int64, op string) (string, error) {
	m, err := New(Config{Release: release})
	if err != nil {
		return "", err
	}
	g, err := m.Go()
	if err != nil {
		return "", err
	}
	c := Nil
	if state != NilState {
		if c, err = m.Make(Elem{Size: 8}, min(holds+1, 1)); err != nil {
			return "", err
		}
	}
	if holds > 0 {
		if _, err := m.Send(g, c, 7); err != nil {
			return "", err
		}
	}
	if state == ClosedState {
		if _, err := m.Close(g, c); err != nil {
			return "", err
		}
	}
	var o Outcome
	switch op {
	case "send":
		o, err = m.Send(g, c, 8)
	case "receive":
		o, err = m.Recv(g, c)
	case "close":
		o, err = m.Close(g, c)
	case "len", "cap":
		size := m.Len
		if op == "cap" {
			size = m.Cap
		}
		n, err := size(c)
		return fmt.Sprint(n), err
	}
	switch {
	case err != nil:
		return "panic: " + err.Error(), nil
	case o.What == Parked:
		return "waits", nil
	case op == "receive":
		return fmt.Sprintf("%d, %v", o.Value, o.OK), nil
	}
	return "proceeds", nil
}
