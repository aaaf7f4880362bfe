//go:build !linux

package epollsimlive

import (
	"time"

	"github.com/orrery-go/orrery/epollsim"
)

// A Live does nothing here.
type Live struct{}

// Kernel returns "": the system is not Linux.
func Kernel() string { return "" }

// New returns [ErrUnsupported].
func New(int) (*Live, error) { return nil, ErrUnsupported }

// SndBuf returns [ErrUnsupported].
func SndBuf() (int, error) { return 0, ErrUnsupported }

// Begin returns [ErrUnsupported].
func (*Live) Begin() error { return ErrUnsupported }

// End does nothing.
func (*Live) End() {}

// Close does nothing.
func (*Live) Close() {}

// Do returns [ErrUnsupported].
func (*Live) Do(epollsim.Op) (epollsim.Outcome, error) { return epollsim.Outcome{}, ErrUnsupported }

// Interests returns [ErrUnsupported].
func (*Live) Interests(epollsim.FD) ([]Interest, error) { return nil, ErrUnsupported }

// Link returns [ErrUnsupported].
func (*Live) Link(epollsim.FD) (string, error) { return "", ErrUnsupported }

// Cache reports false.
func Cache(string) bool { return false }

// Sleeps returns [ErrUnsupported].
func Sleeps(time.Duration) (bool, error) { return false, ErrUnsupported }
