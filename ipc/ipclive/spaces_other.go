//go:build !linux

package ipclive

import "context"

// AddressSpaces returns [ErrUnsupported].
func AddressSpaces(context.Context) (own, shared int, err error) { return 0, 0, ErrUnsupported }

// OwnMasks returns [ErrUnsupported].
func OwnMasks() (bool, error) { return false, ErrUnsupported }
