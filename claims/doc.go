// Package claims is the ledger: it compares the claims of well-known interview notes
// about Go with Go itself.
//
// The notes were written over a decade, copied and learned by heart. Many of their
// claims were never true, and more are true no longer. The ledger has a row for
// each claim, with a verdict: holds, imprecise, wrong, outdated.
//
// # A verdict is not an opinion
//
// A row of kind observable or model asks a question that has a short answer,
// such as the capacity that one append gives. It has the answer of the claim, and
// the answer expected of Go, release by release. A check gets the answer three
// ways: from a model of this library, from the Go that runs the program, and
// from every release since 1.2, which answered the same question when the
// goldens were recorded. The row is confirmed when all of them give the expected
// answer. The verdict follows from the answers: a claim that holds answers as
// today's Go does, an outdated one as an older Go did, a wrong one as none did.
//
//	for _, row := range claims.List() { ... }
//	o, err := claims.Check("17-2")
//	fmt.Println(o)   // model 1536; go1.15.15 2048; go1.17.13 1280; here 1536
//
// A row of kind definition has a citation and nothing to check. The test of this
// package counts the rows that could be checked but are not yet, and the count only
// falls.
//
// # In your own tests
//
// [Verify] fails a test when the Go that runs it does not answer as the rows expect:
//
//	func TestWhatWeRelyOn(t *testing.T) { claims.Verify(t, "17-2", "20-8") }
//
// The command examples/verify prints the ledger.
//
// # Concurrent use
//
// All functions may be called by several goroutines at once; the rows that they
// return are the caller's own.
package claims
