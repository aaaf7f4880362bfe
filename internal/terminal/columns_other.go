//go:build !unix

package terminal

import "os"

// columns knows no terminal here; COLUMNS sets the width.
func columns(*os.File) (int, bool) { return 0, false }
