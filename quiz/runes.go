package quiz

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/orrery-go/orrery/runes"
)

var runesForms = []form{{"counts", runeCounts}, {"range", runeRange}, {"valid", runeValid}, {"encoding", runeEncoding}, {"copy", runeCopy}}

// parts are what texts are put together from.
var parts = []string{"a", "Z", "ß", "é", "e\u0301", "漢", "字", "€", "🙂", "👨\u200d👩\u200d👧", "🇨🇳", "\u00a0"}

// aText joins some parts, and shows them as in Go source.
func aText(r *rand.Rand) (s, shown string) {
	for range between(r, 2, 5) {
		s += pick(r, parts...)
	}
	return s, fmt.Sprintf("%q (%+q)", s, s)
}

func runeCounts(r *rand.Rand) (draft, error) {
	s, shown := aText(r)
	n, clusters := runes.Count(s), len(runes.Clusters(s))
	three := func(bytes, runes, clusters int) text {
		return say("%d bytes, %d runes, %d characters", "%d 字节，%d 个 rune，%d 个字符", bytes, runes, clusters)
	}
	why := ""
	for _, c := range runes.Clusters(s) {
		why += fmt.Sprintf("%+q: %d bytes, %d runes\n", c, len(c), runes.Count(c))
	}
	return draft{
		text:  say("s := %s: how many bytes (len), runes, and characters that a reader sees?", "s := %s：有几个字节（len）、几个 rune、几个读者看到的字符？", shown),
		right: three(len(s), n, clusters),
		wrong: []text{three(n, n, clusters), three(len(s), clusters, clusters), three(len(s), n, n), three(2*n, n, clusters), three(len(s)+1, n+1, clusters)},
		why:   same(why), rule: "clusters",
	}, nil
}

// broken are bytes that are no UTF-8, of every kind.
var broken = []string{"\xff", "\x80", "\xc0\x80", "\xe4\xb8", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "\xf0\x9f\x99"}

func runeRange(r *rand.Rand) (draft, error) {
	var s string
	for range between(r, 2, 3) {
		s += pick(r, "a", "é", "字", pick(r, broken...))
	}
	s += pick(r, broken...) + pick(r, "", "b")
	d, err := runes.New(runes.Config{Text: s})
	if err != nil {
		return draft{}, err
	}
	turns, told := 0, ""
	for e := range d.Events() {
		turns++
		told += e.String() + "\n"
	}
	if err := d.Err(); err != nil {
		return draft{}, err
	}
	valid := 0
	for rest := s; rest != ""; {
		c, width := runes.Decode(rest)
		if c != runes.RuneError || width != 1 {
			valid++
		}
		rest = rest[width:]
	}
	whole := strings.ToValidUTF8(s, "\ufffd") // one for each run of broken bytes
	return draft{
		text:  say("for range %+q { n++ }: what is n?", "for range %+q { n++ }：n 是几？", s),
		right: same(turns), wrong: each(len(s), valid, runes.Count(whole), turns-1, turns+1),
		why:  say("a byte that begins no rune, or whose sequence breaks off, is one U+FFFD of width 1\n%s", "不能起头、或序列中断的字节，算一个宽度为 1 的 U+FFFD\n%s", told),
		rule: "broken",
	}, nil
}

func runeValid(r *rand.Rand) (draft, error) {
	show := func(s string) text { return same(fmt.Sprintf("% X", s)) }
	good := string(rune(pick(r, between(r, 0x80, 0x7ff), between(r, 0x800, 0xd7ff), between(r, 0xe000, 0xffff), between(r, 0x10000, 0x10ffff))))
	n := between(r, 0x10, 0x3f)
	bad := []string{
		string([]byte{0xc0, byte(0x80 | n)}),                            // two bytes for what fits one
		string([]byte{0xe0, byte(0x80 | n&0x1f), byte(0x80 | n)}),       // three for what fits two
		string([]byte{0xed, byte(0xa0 | n&0x1f), byte(0x80 | n)}),       // a surrogate
		string([]byte{0xf4, byte(0x90 | n&0x0f), 0x80, byte(0x80 | n)}), // above U+10FFFF
		string([]byte{0xf8, 0x88, byte(0x80 | n), byte(0x80 | n)}),      // begins nothing
		string([]byte{0xe4, byte(0x80 | n)}),                            // breaks off
		string([]byte{byte(0x80 | n), byte(0x80 | n)}),                  // begins nothing
	}
	for _, b := range bad {
		if runes.Valid(b) {
			return draft{}, fmt.Errorf("% X is valid", b)
		}
	}
	d := draft{
		text: text{"Which of these is valid UTF-8, as bytes in hexadecimal?", "下列字节（十六进制）哪一个是合法的 UTF-8？"}, right: show(good), rule: "valid",
	}
	why := fmt.Sprintf("%s is U+%04X", d.right.en, []rune(good)[0])
	for _, i := range r.Perm(len(bad))[:3] {
		d.wrong = append(d.wrong, show(bad[i]))
		k, err := runes.New(runes.Config{Text: bad[i]})
		if err != nil {
			return draft{}, err
		}
		for e := range k.Events() {
			why += "\n" + e.String()
			break
		}
	}
	d.why = same(why)
	return d, nil
}

func runeEncoding(r *rand.Rand) (draft, error) {
	c := rune(pick(r, between(r, 0x20, 0x7e), between(r, 0xa1, 0x7ff), between(r, 0x4e00, 0x9fff), between(r, 0x1f300, 0x1f64f), between(r, 0xd800, 0xdfff)))
	right := runes.Append(nil, c)
	show := func(b []byte) text { return same(fmt.Sprintf("% X", b)) }
	utf16 := []byte{byte(c >> 8), byte(c)}
	short := []byte{0xc0 | byte(c>>6&0x1f), 0x80 | byte(c&0x3f)}
	long := []byte{0xe0 | byte(c>>12&0x0f), 0x80 | byte(c>>6&0x3f), 0x80 | byte(c&0x3f)}
	longer := []byte{0xf0 | byte(c>>18&0x07), 0x80 | byte(c>>12&0x3f), 0x80 | byte(c>>6&0x3f), 0x80 | byte(c&0x3f)}
	return draft{
		text:  say("utf8.AppendRune(nil, 0x%X): which bytes?", "utf8.AppendRune(nil, 0x%X) 得到哪些字节？", c),
		right: show(right), wrong: []text{show(utf16), show(short), show(long), show(longer)},
		why: say("%d bytes; what is no code point, such as a surrogate, is encoded as U+FFFD: EF BF BD", "%d 字节；不是码点的（如代理项）编码为 U+FFFD：EF BF BD", len(right)), rule: "encode",
	}, nil
}

func runeCopy(r *rand.Rand) (draft, error) {
	var s string
	for len(s) < int(between(r, 3, 40)) {
		s += pick(r, "go", "é", "字", "run")
	}
	conversions := []struct {
		c    runes.Conversion
		code string
	}{{runes.BytesOfString, "b := []byte(s)"}, {runes.RunesOfString, "b := []rune(s)"}}
	k := conversions[r.IntN(len(conversions))]
	escapes := r.IntN(2) == 0
	c, err := runes.Convert(k.c, s, escapes)
	if err != nil {
		return draft{}, err
	}
	other, err := runes.Convert(k.c, s, !escapes)
	if err != nil {
		return draft{}, err
	}
	where := text{"b does not leave its function", "b 不逃逸"}
	if escapes {
		where = text{"b escapes", "b 逃逸"}
	}
	return draft{
		text:  say("s := %q; %s; %s. What are len(b) and cap(b)?", "s := %q；%s；%s。len(b) 和 cap(b) 是多少？", s, k.code, where),
		right: same(fmt.Sprint(c.Len, c.Cap)),
		wrong: each(fmt.Sprint(other.Len, other.Cap), fmt.Sprint(c.Len, c.Len), fmt.Sprint(len(s), len(s)), fmt.Sprint(runes.Count(s), 32)),
		why:   same(c.Why), rule: "convert",
	}, nil
}
