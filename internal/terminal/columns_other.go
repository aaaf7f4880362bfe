//go:build !unix

package terminal

import "os"

// columns returns false: terminals are not known here, and COLUMNS sets the width.
func columns(*os.File) (int, bool) { return 0, false }
