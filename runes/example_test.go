package runes_test

import (
	"fmt"

	"github.com/orrery-go/orrery/runes"
)

func ExampleNew() {
	d, err := runes.New(runes.Config{Text: "aé\xe4\xb8漢\xff"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for e := range d.Events() {
		fmt.Println(e)
	}
	// Output:
	// 0: 61 is U+0061 'a'
	// 1: C3 A9 is U+00E9 'é'
	// 3: E4 B8 E6: 1 to come, no E6 may come: U+FFFD
	// 4: B8 begins no rune: U+FFFD
	// 5: E6 BC A2 is U+6F22 '漢'
	// 8: FF begins no rune: U+FFFD
}

func ExampleClusters() {
	for _, s := range []string{"é", "e\u0301", "漢字", "👨\u200d👩\u200d👧", "🇨🇳🇩🇪"} {
		fmt.Printf("%+q: %d bytes, %d runes, %d clusters\n", s, len(s), runes.Count(s), len(runes.Clusters(s)))
	}
	// Output:
	// "\u00e9": 2 bytes, 1 runes, 1 clusters
	// "e\u0301": 3 bytes, 2 runes, 1 clusters
	// "\u6f22\u5b57": 6 bytes, 2 runes, 2 clusters
	// "\U0001f468\u200d\U0001f469\u200d\U0001f467": 18 bytes, 5 runes, 1 clusters
	// "\U0001f1e8\U0001f1f3\U0001f1e9\U0001f1ea": 16 bytes, 4 runes, 2 clusters
}

func ExampleDFA() {
	for _, t := range runes.DFA() {
		if t.From == runes.AfterE0 || t.From == runes.AfterED {
			fmt.Println(t)
		}
	}
	// Output:
	// after E0, A0-BF: 1 to come
	// after ED, 80-9F: 1 to come
}

func ExampleConvert() {
	for _, escapes := range []bool{false, true} {
		c, err := runes.Convert(runes.RunesOfString, "grüße", escapes)
		fmt.Printf("%+v %v\n", c, err)
	}
	// Output:
	// {Len:5 Cap:32 Copied:20 Heap:0 Why:into a buffer of 32 on the stack} <nil>
	// {Len:5 Cap:6 Copied:20 Heap:20 Why:into a new array, rounded up to a size class} <nil>
}
