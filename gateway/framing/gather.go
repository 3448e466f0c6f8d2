package framing

// Gather is the output made of one buffer of input, in the same buffer: the
// bytes from start to end, at or before what is still unread.
type Gather struct {
	buf        []byte
	start, end int
}

// NewGather begins an empty output in buf, whose input begins at or after
// Headroom.
func NewGather(buf []byte) Gather { return Gather{buf: buf} }

// Bytes is what the service shall be written.
func (g *Gather) Bytes() []byte { return g.buf[g.start:g.end] }

// Empty reports whether nothing is gathered.
func (g *Gather) Empty() bool { return g.start == g.end }

// open lets the output begin at offset at, unless it has begun.
func (g *Gather) open(at int) {
	if g.Empty() {
		g.start, g.end = at, at
	}
}

// reserve takes n bytes whose content follows.
func (g *Gather) reserve(n int) []byte {
	free := g.buf[g.end : g.end+n]
	g.end += n
	return free
}

// move takes the n bytes at offset at.
func (g *Gather) move(at, n int) {
	if g.end != at {
		copy(g.buf[g.end:], g.buf[at:at+n])
	}
	g.end += n
}
