package claims

import "testing"

// Verify fails the test when an answer to one of the rows' questions is not what
// the row expects, so that other people's tests can rest on the ledger. A row
// that is unknown or has no check fails it too. Without a name, it verifies all
// rows that have a check.
func Verify(t testing.TB, ids ...string) {
	t.Helper()
	if len(ids) == 0 {
		ids = IDs()
	}
	for _, id := range ids {
		o, err := Check(id)
		switch {
		case err != nil:
			t.Error(err)
		case !o.OK:
			t.Errorf("claims: %s, %s: %s", id, o.Row.Asks, o)
		default:
			t.Logf("%s (%s): %s: %s", id, o.Row.Verdict, o.Row.Asks, o)
		}
	}
}
