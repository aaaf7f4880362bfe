// Package choice makes the random choices of a model's run once more.
package choice

// Again returns a model's Choose that makes the same choices in the same order. After the
// last it returns -1, which is no choice: the run is not the same.
func Again(made []int) func(n int) int {
	return func(int) int {
		if len(made) == 0 {
			return -1
		}
		i := made[0]
		made = made[1:]
		return i
	}
}
