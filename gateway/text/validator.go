package text

import "unicode/utf8"

// Validator checks one stream of bytes for UTF-8 as RFC 3629 defines it:
// shortest forms only, no surrogates, nothing above U+10FFFF. The zero value is
// ready at the start of a text. It allocates nothing and is not safe for
// concurrent use.
type Validator struct {
	// seen and missing count the bytes of the character that the last Write
	// ended inside of; both are zero between two characters.
	seen, missing uint8
	// lo and hi bound its next byte.
	lo, hi uint8
	// failed is sticky.
	failed bool
}

// Any byte after a character's second one; also most second ones.
const (
	contLo = 0x80
	contHi = 0xbf
)

// Write takes the next bytes of the text. It is false as soon as no
// continuation could make the bytes so far UTF-8, and stays so until Reset.
func (v *Validator) Write(p []byte) bool {
	for v.missing > 0 && len(p) > 0 {
		if !v.next(p[0]) {
			return false
		}
		p = p[1:]
	}
	if v.failed {
		return false
	}
	whole := lastBoundary(p)
	if !utf8.Valid(p[:whole]) {
		return v.fail()
	}
	for _, c := range p[whole:] {
		if !v.next(c) {
			return false
		}
	}
	return true
}

// Complete reports whether all that was written is UTF-8 and ends between two
// characters.
func (v *Validator) Complete() bool { return !v.failed && v.missing == 0 }

// Pending is how many bytes of an unfinished character were written: 0 to 3.
// It is 0 after a failure.
func (v *Validator) Pending() int { return int(v.seen) }

// Reset starts a new text.
func (v *Validator) Reset() { *v = Validator{} }

// next takes one byte.
func (v *Validator) next(c byte) bool {
	if v.missing == 0 {
		return v.begin(c)
	}
	if c < v.lo || c > v.hi {
		return v.fail()
	}
	v.seen++
	v.missing--
	v.lo, v.hi = contLo, contHi
	if v.missing == 0 {
		v.seen = 0
	}
	return true
}

// begin takes the first byte of a character of several; lastBoundary leaves no
// other to it. The bounds are those of the table in RFC 3629 section 4: the
// second byte is where overlong forms, surrogates and values above U+10FFFF
// show.
func (v *Validator) begin(c byte) bool {
	v.lo, v.hi = contLo, contHi
	switch {
	case c < 0xc2 || c > 0xf4:
		return v.fail()
	case c < 0xe0:
		v.missing = 1
	case c < 0xf0:
		v.missing = 2
	default:
		v.missing = 3
	}
	switch c {
	case 0xe0:
		v.lo = 0xa0
	case 0xed:
		v.hi = 0x9f
	case 0xf0:
		v.lo = 0x90
	case 0xf4:
		v.hi = 0x8f
	}
	v.seen = 1
	return true
}

func (v *Validator) fail() bool {
	*v = Validator{failed: true}
	return false
}

// lastBoundary is the offset in p of the last character that may be
// unfinished, or len(p). What is before it is UTF-8 or never will be; there is
// no ASCII behind it.
func lastBoundary(p []byte) int {
	for i := len(p) - 1; i >= 0 && i > len(p)-utf8.UTFMax; i-- {
		switch c := p[i]; {
		case c < utf8.RuneSelf:
			return len(p)
		case c >= 0xc0:
			return i
		}
	}
	return len(p)
}
