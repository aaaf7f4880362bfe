// The probe of package ifacelive, in the Go of 1.2: the answers to the declarations and
// cases of cases.go, the conversions that allocate, and the hashes of types. The program
// is put together from this file and those.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"runtime/debug"
	"strings"
	"unsafe"
)

var _ = math.NaN
var _ = errors.New

//go:noinline
func e(x interface{}) interface{} { return x }

//go:noinline
func s(x S) S { return x }

func try(f func() interface{}) (out string) {
	defer func() {
		if r := recover(); r != nil {
			out = fmt.Sprint(r)
		}
	}()
	return fmt.Sprint(f())
}

// short shortens an answer to a letter or a sum.
func short(s string) string {
	switch s {
	case "true":
		return "t"
	case "false":
		return "f"
	}
	h := fnv.New32a()
	h.Write([]byte(s))
	return fmt.Sprintf("%06x", h.Sum32()&0xffffff)
}

var out struct {
	Asserts []string
	Cases   string
	Ends    string
	Conv    string
	Hashes  string
}

func main() {
	if len(os.Args) > 1 {
		debug.SetMaxStack(1 << 22)
		for i, f := range ends {
			if fmt.Sprint(i) == os.Args[1] {
				fmt.Print(try(f))
			}
		}
		return
	}
	runtime.GOMAXPROCS(1)
	for _, f := range asserts {
		out.Asserts = append(out.Asserts, strings.Replace(try(f), "interface conversion: ", "", 1))
	}
	var list []string
	for _, f := range cases {
		list = append(list, short(try(f)))
	}
	out.Cases = strings.Join(list, " ")
	list = nil
	for i := range ends {
		text, err := exec.Command(os.Args[0], fmt.Sprint(i)).CombinedOutput()
		answer := string(text)
		if err != nil && strings.Contains(answer, "stack overflow") {
			answer = "overflow"
		}
		list = append(list, short(answer))
	}
	out.Ends = strings.Join(list, " ")
	out.Conv = conversions()
	list = nil
	for _, t := range hashed {
		p := *(*unsafe.Pointer)(unsafe.Pointer(&t))
		off := uintptr(16)
		if word := *(*uint64)(unsafe.Pointer(uintptr(p) + 8)); word > 1<<20 {
			off = 8 // the hash stood before there were pointer bytes
		}
		list = append(list, fmt.Sprintf("%08x", *(*uint32)(unsafe.Pointer(uintptr(p) + off))))
	}
	out.Hashes = strings.Join(list, " ")
	json.NewEncoder(os.Stdout).Encode(out)
}

var _ reflect.Type
