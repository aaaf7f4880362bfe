// So that functions may be declared without a body: see runtime_linkname.go.
