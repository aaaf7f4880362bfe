package gotrace

// SetGeneration sets the length of generations, and returns a function that restores it.
func SetGeneration(n int) func() {
	old := generation
	generation = n
	return func() { generation = old }
}
