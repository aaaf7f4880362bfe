package gotrace

// SetGeneration sets how long generations are, and gives a function that undoes it.
func SetGeneration(n int) func() {
	old := generation
	generation = n
	return func() { generation = old }
}
