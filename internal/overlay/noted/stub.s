// So that functions may be declared without a body: see notes_linkname.go.
