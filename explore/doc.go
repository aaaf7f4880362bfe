// Package explore explores every state of a small machine, and finds the
// shortest way to a failure.
package explore
