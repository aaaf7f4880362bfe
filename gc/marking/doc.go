// Package marking explores tri-colour marking.
package marking
