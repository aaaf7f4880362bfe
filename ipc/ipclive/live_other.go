//go:build !linux

package ipclive

import "github.com/orrery-go/orrery/ipc"

// A Live does nothing here.
type Live struct{}

// Kernel returns "": the system is not Linux.
func Kernel() string { return "" }

// New returns [ErrUnsupported].
func New(string) (*Live, error) { return nil, ErrUnsupported }

// SndBuf returns [ErrUnsupported].
func SndBuf() (int, error) { return 0, ErrUnsupported }

// End does nothing.
func (*Live) End() {}

// Do returns [ErrUnsupported].
func (*Live) Do(ipc.Op, []ipc.FD) (ipc.Outcome, error) { return ipc.Outcome{}, ErrUnsupported }
