package house

import (
	"encoding"
	"encoding/json"
	"go/ast"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/alloc/pages"
	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/ctxtree"
	"github.com/orrery-go/orrery/epollsim"
	"github.com/orrery-go/orrery/escape"
	"github.com/orrery-go/orrery/gc"
	"github.com/orrery-go/orrery/gc/marking"
	"github.com/orrery-go/orrery/gc/pacer"
	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/gomap/syncmap"
	"github.com/orrery-go/orrery/iface"
	ifacesource "github.com/orrery-go/orrery/iface/source"
	"github.com/orrery-go/orrery/ipc"
	"github.com/orrery-go/orrery/layout"
	"github.com/orrery-go/orrery/lb"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/locks/rtmutex"
	"github.com/orrery-go/orrery/race"
	"github.com/orrery-go/orrery/runes"
	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/interleave"
	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/autoscale"
	"github.com/orrery-go/orrery/service/breaker"
	"github.com/orrery-go/orrery/service/cache"
	"github.com/orrery-go/orrery/service/discovery"
	"github.com/orrery-go/orrery/service/gateway"
	"github.com/orrery-go/orrery/service/limit"
	"github.com/orrery-go/orrery/slicegrow/dest"
	"github.com/orrery-go/orrery/textbook/deadlock"
)

// jsonTypes are the types that must survive JSON: every Config, Event, Outcome and
// Snapshot, by package.
var jsonTypes = map[string][]any{
	"alloc":             {alloc.Config{}, alloc.Event{}, alloc.Snapshot{}, alloc.Op{}, alloc.Report{}},
	"alloc/pages":       {pages.Config{}, pages.Event{}, pages.Snapshot{}},
	"chanq":             {chanq.Config{}, chanq.Event{}, chanq.Outcome{}, chanq.Snapshot{}, chanq.Op{}},
	"ctxtree":           {ctxtree.Config{}, ctxtree.Event{}, ctxtree.Outcome{}, ctxtree.Snapshot{}},
	"crash":             {crash.Error{}},
	"epollsim":          {epollsim.Config{}, epollsim.Event{}, epollsim.Outcome{}, epollsim.Snapshot{}, epollsim.Op{}},
	"escape":            {escape.Config{}, escape.Event{}, escape.Diagnostic{}, escape.Graph{}, escape.Result{}},
	"gc":                {gc.Config{}, gc.Event{}, gc.Snapshot{}, gc.CycleStats{}, gc.Frame{}},
	"gc/marking":        {marking.Config{}},
	"gc/pacer":          {pacer.Config{}, pacer.Event{}, pacer.Snapshot{}, pacer.Cycle{}, pacer.Delta{}, pacer.LimiterState{}},
	"gomap":             {gomap.Config[int]{}, gomap.Event{}, gomap.Outcome{}, gomap.Snapshot[int, string]{}, gomap.IterState{}},
	"gomap/syncmap":     {syncmap.Config[int]{}, syncmap.Event{}, syncmap.Outcome[int]{}, syncmap.Snapshot[int, string]{}},
	"iface":             {iface.Config{}, iface.Event{}, iface.Snapshot{}, iface.Use{}, iface.Box{}, iface.Words{}},
	"iface/source":      {ifacesource.Outcome{}},
	"ipc":               {ipc.Config{}, ipc.Event{}, ipc.Outcome{}, ipc.Snapshot{}, ipc.Op{}, ipc.Cost{}},
	"layout":            {layout.Config{}},
	"lb":                {lb.Config{}, lb.Event{}, lb.Response{}, lb.Snapshot{}, lb.Request{}},
	"locks":             {locks.Config{}, locks.Event{}, locks.Outcome{}, locks.Snapshot{}, locks.Op{}},
	"locks/rtmutex":     {rtmutex.Config{}, rtmutex.Event{}, rtmutex.Outcome{}, rtmutex.Snapshot{}},
	"service":           {service.Config{}, service.Event{}, service.Snapshot{}, service.Span{}, service.Report{}},
	"service/autoscale": {autoscale.Config{}, autoscale.Outcome{}, autoscale.Pods{}},
	"service/breaker":   {breaker.Config{}, breaker.Event{}, breaker.Snapshot{}, breaker.Pass{}},
	"service/cache":     {cache.Config{}, cache.Outcome{}, cache.Stats{}},
	"service/discovery": {discovery.Event{}, discovery.Snapshot{}},
	"service/gateway":   {gateway.Config{}, gateway.Outcome{}, gateway.Request{}},
	"service/limit":     {limit.Config{}, limit.Outcome{}, limit.Reservation{}},
	"slicegrow/dest":    {dest.Config{}},
	"race":              {race.Config{}, race.Event{}, race.Outcome{}, race.Snapshot{}, race.Op{}, race.Report{}, race.Graph{}, race.MemoryRule{}},
	"runes":             {runes.Config{}, runes.Event{}, runes.Snapshot{}, runes.Transition{}, runes.Copy{}},
	"sched":             {sched.Config{}, sched.Event{}, sched.Outcome{}, sched.Snapshot{}, sched.Costs{}},
	"sched/interleave":  {interleave.Config{}},
	"textbook/deadlock": {deadlock.Snapshot{}},
}

// TestJSON fills each type at random, marshals, unmarshals and compares it. An empty
// slice must not become null.
func TestJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for folder, values := range jsonTypes {
		for _, v := range values {
			typ := reflect.TypeOf(v)
			for round := range 20 {
				in := reflect.New(typ)
				if err := fill(r, in.Elem(), round == 0); err != "" {
					t.Fatalf("%s.%s: %s", folder, typ.Name(), err)
				}
				text, err := json.Marshal(in.Interface())
				if err != nil {
					t.Fatalf("%s.%s: %v", folder, typ.Name(), err)
				}
				if round == 0 && strings.Contains(string(text), "null") {
					t.Errorf("%s.%s: an empty list is null: %s", folder, typ.Name(), text)
				}
				out := reflect.New(typ)
				if err := json.Unmarshal(text, out.Interface()); err != nil {
					t.Fatalf("%s.%s: %v in %s", folder, typ.Name(), err, text)
				}
				if !reflect.DeepEqual(in.Interface(), out.Interface()) {
					t.Fatalf("%s.%s changes on its way through %s:\n%+v\n%+v", folder, typ.Name(), text, in, out)
				}
			}
			for _, complaint := range bigNumbers(typ, typ.Name(), nil) {
				t.Errorf("%s.%s", folder, complaint)
			}
		}
	}
}

// TestJSONTypes checks that jsonTypes has every Config, Event, Outcome and Snapshot.
func TestJSONTypes(t *testing.T) {
	for _, f := range files(t) {
		if floor, err := Floor(f.folder); err != nil || floor != 1 || f.isTest() || slices.Contains(toMend, f.folder) {
			continue
		}
		for _, d := range f.syntax.Decls {
			decl, ok := d.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range decl.Specs {
				typ, ok := spec.(*ast.TypeSpec)
				if !ok || !slices.Contains([]string{"Config", "Event", "Outcome", "Snapshot"}, typ.Name.Name) {
					continue
				}
				if !slices.ContainsFunc(jsonTypes[f.folder], func(v any) bool { return withoutArgs(reflect.TypeOf(v).Name()) == typ.Name.Name }) {
					t.Errorf("%s: jsonTypes has no %s.%s", f.at(typ), f.folder, typ.Name.Name)
				}
			}
		}
	}
}

// withoutArgs returns the name of a generic type without its arguments.
func withoutArgs(name string) string {
	name, _, _ = strings.Cut(name, "[")
	return name
}

// fill sets every exported field to a random value, or if empty is true, slices and maps
// to empty ones. It returns the path of a field that it cannot fill.
func fill(r *rand.Rand, v reflect.Value, empty bool) string {
	if u, ok := v.Addr().Interface().(interface{ UnmarshalText([]byte) error }); ok {
		if _, ok := v.Interface().(interface{ MarshalText() ([]byte, error) }); ok && (v.CanInt() || v.CanUint()) {
			for range 200 { // the numbers that have names
				if v.CanInt() {
					v.SetInt(r.Int64N(16))
				} else {
					v.SetUint(r.Uint64N(16))
				}
				m := v.Interface().(interface{ MarshalText() ([]byte, error) })
				if text, err := m.MarshalText(); err == nil && u.UnmarshalText(text) == nil {
					return ""
				}
			}
			return v.Type().Name() + " has no number below 16 with a name"
		}
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(r.IntN(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(r.Uint64()) >> (64 - v.Type().Bits()) >> r.IntN(v.Type().Bits()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(r.Uint64() >> (64 - v.Type().Bits()) >> r.IntN(v.Type().Bits()))
	case reflect.Float64, reflect.Float32:
		v.SetFloat(float64(r.IntN(1000)) / 8)
	case reflect.String:
		v.SetString([]string{"", "a", "two words", "ä\"\\"}[r.IntN(4)])
	case reflect.Pointer:
		if empty {
			return ""
		}
		v.Set(reflect.New(v.Type().Elem()))
		return fill(r, v.Elem(), empty)
	case reflect.Slice:
		n := r.IntN(3)
		if empty {
			n = 0
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			if err := fill(r, v.Index(i), empty); err != "" {
				return err
			}
		}
	case reflect.Array:
		for i := range v.Len() {
			if err := fill(r, v.Index(i), empty); err != "" {
				return err
			}
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range r.IntN(3) {
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			if err := fill(r, key, empty) + fill(r, elem, empty); err != "" {
				return err
			}
			v.SetMapIndex(key, elem)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			tag := field.Tag.Get("json")
			omits := strings.Contains(tag, "omitempty") || strings.Contains(tag, "omitzero")
			switch {
			case tag == "-", !field.IsExported(), omits && v.Field(i).Kind() == reflect.Slice && empty:
				continue
			case tag == "" && !field.Anonymous:
				return field.Name + " has no JSON name"
			}
			if err := fill(r, v.Field(i), empty); err != "" {
				return field.Name + ": " + err
			}
			if omits && v.Field(i).Kind() == reflect.Slice && v.Field(i).Len() == 0 {
				v.Field(i).SetZero()
			}
		}
	default:
		return "a " + v.Kind().String() + " cannot be in JSON"
	}
	return ""
}

// bigNumbers returns the 64-bit numbers that are not written as strings. Times are below
// 2^53 nanoseconds, some hundred days, and so is the number of events. A signed number
// is a count or an index unless its name says that a caller chose it.
func bigNumbers(typ reflect.Type, path string, seen []reflect.Type) (complaints []string) {
	for typ.Kind() == reflect.Slice || typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Array {
		typ = typ.Elem()
	}
	if typ.Kind() != reflect.Struct || slices.Contains(seen, typ) {
		return nil
	}
	for i := range typ.NumField() {
		field := typ.Field(i)
		tag := field.Tag.Get("json")
		big := field.Type.Kind() == reflect.Uint64 || field.Type.Kind() == reflect.Int64 && slices.Contains([]string{"Value", "Elem"}, field.Name)
		if tag == "-" || !field.IsExported() {
			continue
		}
		if _, text := reflect.Zero(field.Type).Interface().(encoding.TextMarshaler); text {
			continue
		}
		if big && field.Type != reflect.TypeFor[time.Duration]() && field.Name != "Seq" && !strings.Contains(tag, ",string") {
			complaints = append(complaints, path+"."+field.Name+" can exceed 2^53: want a string in JSON")
		}
		complaints = append(complaints, bigNumbers(field.Type, path+"."+field.Name, append(seen, typ))...)
	}
	return complaints
}

// TestJSONCanFail plants the faults that TestJSON looks for.
func TestJSONCanFail(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, v := range []any{
		struct{ NoName int }{}, struct {
			F func() `json:"f"`
		}{}, struct {
			C chan int `json:"c"`
		}{},
	} {
		if err := fill(r, reflect.New(reflect.TypeOf(v)).Elem(), false); err == "" {
			t.Errorf("%T is filled", v)
		}
	}
	if got := bigNumbers(reflect.TypeOf(struct {
		A []struct {
			Hash uint64 `json:"hash"`
		} `json:"a"`
	}{}), "x", nil); len(got) != 1 {
		t.Errorf("a hash as a number: %q", got)
	}
}
