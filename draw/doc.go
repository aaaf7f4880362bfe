// Package draw makes pictures of what the models know: one function a model,
// from plain data to the text of a file.
//
//	Layout    a type's memory, word by word (SVG)
//	Chan      a channel: its ring and who waits (SVG)
//
// A picture depends on its argument alone, byte for byte. SVG needs no fonts, no
// scripts and no other files, has colours that read on light and on dark paper,
// and says in a title element what it shows.
package draw
