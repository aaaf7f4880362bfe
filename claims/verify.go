package claims

import "testing"

// Verify fails the test if an answer to the question of one of the rows is not the
// expected one, so that tests of other packages can rely on the ledger. It also fails if
// a row is unknown or has no check. Without names, it verifies all rows that have a
// check.
func Verify(t testing.TB, ids ...string) {
	t.Helper()
	if len(ids) == 0 {
		ids = IDs()
	}
	for _, id := range ids {
		o, err := Check(id)
		o.verify(t, id, err)
	}
}

// verify fails the test if the row could not be checked or an answer is not the expected
// one.
func (o Observation) verify(t testing.TB, id string, err error) {
	t.Helper()
	switch {
	case err != nil:
		t.Error(err)
	case !o.OK:
		t.Errorf("claims: %s, %s: %s", id, o.Row.Asks, o)
	default:
		t.Logf("%s (%s): %s: %s", id, o.Row.Verdict, o.Row.Asks, o)
	}
}
