package names

import "testing"

func TestNames(t *testing.T) {
	list := []string{"", "red", "dark red"}
	for i, name := range list {
		text, err := Marshal("Colour", list, i)
		if (err == nil) != (name != "") || string(text) != name {
			t.Errorf("Marshal(%d) = %q, %v", i, text, err)
		}
		if name == "" {
			continue
		}
		if got := Of("Colour", list, i); got != name {
			t.Errorf("Of(%d) = %q", i, got)
		}
		if got, err := Unmarshal("Colour", list, text); err != nil || got != i {
			t.Errorf("Unmarshal(%q) = %d, %v", text, got, err)
		}
	}
	for _, i := range []int{-1, 0, 3} {
		if _, err := Marshal("Colour", list, i); err == nil {
			t.Errorf("Marshal(%d) succeeds", i)
		}
	}
	if got := Of("Colour", list, 7); got != "Colour(7)" {
		t.Errorf("Of(7) = %q", got)
	}
	for _, text := range []string{"", "blue", "RED"} {
		if i, err := Unmarshal("Colour", list, []byte(text)); err == nil {
			t.Errorf("Unmarshal(%q) = %d", text, i)
		}
	}
}
