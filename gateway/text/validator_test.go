package text

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// Cases after Markus Kuhn's "UTF-8 decoder capability and stress test" and
// table 3-7 of the Unicode Standard.
var cases = map[string]struct {
	in string
	// bad is the offset of the first impossible byte; -1: none.
	bad int
	// pending bytes at the end belong to an unfinished character.
	pending int
}{
	"nothing":                           {"", -1, 0},
	"ASCII":                             {"switchyard", -1, 0},
	"NUL and DEL":                       {"\x00\x7f", -1, 0},
	"the Greek word kosme":              {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5", -1, 0},
	"the first of two bytes":            {"\u0080", -1, 0},
	"the last of two bytes":             {"\u07ff", -1, 0},
	"the first of three bytes":          {"\u0800", -1, 0},
	"the last before the surrogates":    {"\ud7ff", -1, 0},
	"the first after the surrogates":    {"\ue000", -1, 0},
	"the replacement character":         {"\ufffd", -1, 0},
	"noncharacters are allowed":         {"\ufffe\uffff\ufdd0\U0001fffe", -1, 0},
	"the byte order mark":               {"\ufeff", -1, 0},
	"the first of four bytes":           {"\U00010000", -1, 0},
	"the last of all":                   {"\U0010ffff", -1, 0},
	"text of many scripts, over a word": {"plain text at first, then grüße, κόσμε, 日本語, 🚃🚃", -1, 0},

	"one of two bytes":             {"a\xc3", -1, 1},
	"one of three bytes":           {"a\xe2", -1, 1},
	"two of three bytes":           {"a\xe2\x82", -1, 2},
	"one of four bytes":            {"a\xf0", -1, 1},
	"two of four bytes":            {"a\xf0\x9f", -1, 2},
	"three of four bytes":          {"a\xf0\x9f\x9a", -1, 3},
	"half of the last of all":      {"\xf4\x8f", -1, 2},
	"half of the last before them": {"\xed\x9f", -1, 2},

	"a continuation byte first":           {"\x80", 0, 0},
	"the last continuation byte first":    {"\xbf", 0, 0},
	"a continuation byte too many":        {"é\x80", 2, 0},
	"a fifth byte":                        {"\U0001f683\x80", 4, 0},
	"a byte never used, C0":               {"a\xc0", 1, 0},
	"a byte never used, C1":               {"a\xc1", 1, 0},
	"a byte never used, F5":               {"a\xf5", 1, 0},
	"a byte never used, F8 of five":       {"\xf8\x88\x80\x80\x80", 0, 0},
	"a byte never used, FC of six":        {"\xfc\x84\x80\x80\x80\x80", 0, 0},
	"a byte never used, FE":               {"\xfe", 0, 0},
	"a byte never used, FF":               {"\xff", 0, 0},
	"an overlong slash of two bytes":      {"\xc0\xaf", 0, 0},
	"an overlong slash of three bytes":    {"\xe0\x80\xaf", 1, 0},
	"an overlong slash of four bytes":     {"\xf0\x80\x80\xaf", 1, 0},
	"the longest overlong of two":         {"\xc1\xbf", 0, 0},
	"the longest overlong of three":       {"\xe0\x9f\xbf", 1, 0},
	"the longest overlong of four":        {"\xf0\x8f\xbf\xbf", 1, 0},
	"an overlong NUL":                     {"\xc0\x80", 0, 0},
	"the first high surrogate":            {"\xed\xa0\x80", 1, 0},
	"the last low surrogate":              {"\xed\xbf\xbf", 1, 0},
	"a pair of surrogates":                {"\xed\xa0\x81\xed\xb0\x80", 1, 0},
	"U+110000":                            {"\xf4\x90\x80\x80", 1, 0},
	"U+110000, cut after two":             {"\xf4\x90", 1, 0},
	"a character cut by ASCII":            {"\xe2\x82a", 2, 0},
	"a character cut by another":          {"\xf0\x9f\x9a\xc3\xa9", 3, 0},
	"a character cut by a lone lead byte": {"\xe2\xe2", 1, 0},
	"Latin-1 after a long text":           {strings.Repeat("long enough ", 20) + "gr\xfc\xdfe", 242, 0},
	"a bad byte in the ninth place":       {"12345678\xff90", 8, 0},
	"RFC 6455 conformance, kosme edited":  {"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80edited", 12, 0},
}

func TestValidator(t *testing.T) {
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			for split := range len(tc.in) + 1 {
				var v Validator
				ok := v.Write([]byte(tc.in[:split]))
				if want := tc.bad < 0 || split <= tc.bad; ok != want {
					t.Fatalf("Write(%q) = %v, want %v", tc.in[:split], ok, want)
				}
				if ok := v.Write([]byte(tc.in[split:])); ok != (tc.bad < 0) {
					t.Fatalf("Write(%q, then %q) = %v, want %v", tc.in[:split], tc.in[split:], ok, tc.bad < 0)
				}
				if got, want := v.Complete(), tc.bad < 0 && tc.pending == 0; got != want {
					t.Fatalf("Complete() = %v after %q, want %v", got, tc.in, want)
				}
				if got := v.Pending(); got != tc.pending {
					t.Fatalf("Pending() = %d after %q, want %d", got, tc.in, tc.pending)
				}
			}
		})
	}
}

func TestEveryRuneAndNoOther(t *testing.T) {
	for r := rune(0); r <= utf8.MaxRune+0x1000; r++ {
		// The form of four bytes or fewer that r would have, whether allowed or not.
		var b []byte
		switch {
		case r < 0x80:
			b = []byte{byte(r)}
		case r < 0x800:
			b = []byte{0xc0 | byte(r>>6), 0x80 | byte(r&0x3f)}
		case r < 0x10000:
			b = []byte{0xe0 | byte(r>>12), 0x80 | byte(r>>6&0x3f), 0x80 | byte(r&0x3f)}
		default:
			b = []byte{0xf0 | byte(r>>18), 0x80 | byte(r>>12&0x3f), 0x80 | byte(r>>6&0x3f), 0x80 | byte(r&0x3f)}
		}
		var whole, bytewise Validator
		for i := range b {
			bytewise.Write(b[i : i+1])
		}
		whole.Write(b)
		if want := utf8.ValidRune(r); whole.Complete() != want || bytewise.Complete() != want {
			t.Fatalf("U+%04X as %x: complete whole %v, bytewise %v; want %v", r, b, whole.Complete(), bytewise.Complete(), want)
		}
	}
}

func TestFailureIsStickyUntilReset(t *testing.T) {
	var v Validator
	if v.Write([]byte("\xff")) || v.Write([]byte("fine")) || v.Write(nil) || v.Complete() {
		t.Error("text after an impossible byte is taken for UTF-8")
	}
	v.Reset()
	if !v.Write([]byte("fine")) || !v.Complete() {
		t.Error("text after Reset is not taken for UTF-8")
	}
}

func TestResetForgetsTheUnfinishedCharacter(t *testing.T) {
	var v Validator
	v.Write([]byte("\xe2\x82"))
	v.Reset()
	if v.Pending() != 0 || !v.Write([]byte("a")) {
		t.Error("Reset keeps the unfinished character")
	}
}

func TestEmptyWritesChangeNothing(t *testing.T) {
	var v Validator
	v.Write([]byte("\xe2"))
	if !v.Write(nil) || v.Pending() != 1 || v.Complete() {
		t.Error("an empty write changes the unfinished character")
	}
}

func TestValidatorAllocatesNothing(t *testing.T) {
	var v Validator
	p := []byte(strings.Repeat("grüße 🚃", 100) + "\xe2\x82")
	if n := testing.AllocsPerRun(100, func() {
		v.Reset()
		v.Write(p)
		v.Write([]byte("\xff"))
	}); n != 0 {
		t.Errorf("a text costs %v allocations, want none", n)
	}
}

// FuzzValidator: however the bytes are split, the verdict on all of them is
// that of utf8.Valid, and it falls at the first byte after which no
// continuation helps.
func FuzzValidator(f *testing.F) {
	for _, tc := range cases {
		f.Add([]byte(tc.in), []byte{1, 2, 3})
	}
	f.Add([]byte("all at once"), []byte{})
	f.Fuzz(func(t *testing.T, in, sizes []byte) {
		bad := firstImpossible(in)
		var v Validator
		ok, at := true, 0
		write := func(n int) {
			ok = v.Write(in[at : at+n])
			at += n
			if want := bad < 0 || at <= bad; ok != want {
				t.Fatalf("Write = %v after %q, want %v: the first impossible byte is at %d", ok, in[:at], want, bad)
			}
			if got, want := v.Complete(), utf8.Valid(in[:at]); got != want {
				t.Fatalf("Complete() = %v after %q, want %v", got, in[:at], want)
			}
		}
		for _, n := range sizes {
			write(min(int(n), len(in)-at))
		}
		write(len(in) - at)
		if got, want := ok && v.Complete(), utf8.Valid(in); got != want {
			t.Fatalf("the verdict on %q is %v, want %v", in, got, want)
		}
	})
}

// firstImpossible is the offset of the first byte of b after which no
// continuation makes UTF-8, or -1. It tries what could follow.
func firstImpossible(b []byte) int {
	start := 0 // of the character that a byte belongs to
	for i := range b {
		switch head := b[start : i+1]; {
		case utf8.Valid(head):
			start = i + 1
		case !completable(head):
			return i
		}
	}
	return -1
}

// completable reports whether some continuation makes head one character. The
// bytes tried are the ends of every range that RFC 3629 section 4 allows for a
// byte that is not the first.
func completable(head []byte) bool {
	if utf8.Valid(head) {
		return true
	}
	if len(head) >= utf8.UTFMax {
		return false
	}
	for _, c := range []byte{0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf} {
		if completable(append(head[:len(head):len(head)], c)) {
			return true
		}
	}
	return false
}

func BenchmarkValidator(b *testing.B) {
	for name, sample := range map[string]string{"ASCII": "switchyard ", "mixed": "grüße und 🚃 ", "Japanese": "操車場"} {
		for _, size := range []int{16, 1 << 10, 16 << 10} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				p := []byte(strings.Repeat(sample, size/len(sample)+1))[:size]
				b.SetBytes(int64(size))
				for b.Loop() {
					var v Validator
					if !v.Write(p) {
						b.Fatal("text is refused")
					}
				}
			})
		}
	}
}
