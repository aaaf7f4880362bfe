package lb

// An HTTP is the part of a request that a balancer sees if it speaks HTTP.
type HTTP struct {
	Method string   `json:"method"` // "GET"
	Host   string   `json:"host"`
	Path   string   `json:"path"` // with the query: "/a?b=1"
	Header []Header `json:"header"`
}

// A Header is one field of an [HTTP].
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}
