// So that functions may be declared without a body: see lazy_linkname.go.
