//go:build linux

package loop

// mostPipes is how many pipes a shard has at most: a user without privileges may
// have 64 of their size (pipe(7)). Without one, bytes are copied.
const mostPipes = 16

// pipes are those of a shard.
type pipes struct {
	// current is for the session whose turn it is, and empty between two turns.
	// It is none until it is needed.
	current pipe
	// spare are empty, too.
	spare []pipe
	// lent is how many hold what a client has not taken.
	lent int
}

// readyPipe says that there is a current pipe.
func (l *shard) readyPipe() bool {
	p := &l.pipes
	if p.current.made() {
		return true
	}
	if last := len(p.spare) - 1; last >= 0 {
		p.current, p.spare = p.spare[last], p.spare[:last]
		return true
	}
	if p.lent < mostPipes {
		p.current = l.sys.openPipe()
	}
	return p.current.made()
}

// lendPipe gives the current pipe away.
func (l *shard) lendPipe() pipe {
	lent := l.pipes.current
	l.pipes.current = pipe{}
	l.pipes.lent++
	return lent
}

// takeBack is for a pipe that was lent, with what it still holds.
func (l *shard) takeBack(p pipe, held int) {
	l.pipes.lent--
	if held > 0 {
		l.sys.closePipe(p)
		return
	}
	l.pipes.spare = append(l.pipes.spare, p)
}

// dropPipe gives up the current pipe, with whatever it holds.
func (l *shard) dropPipe() {
	if l.pipes.current.made() {
		l.sys.closePipe(l.pipes.current)
		l.pipes.current = pipe{}
	}
}

// closePipes gives up all that are not lent.
func (l *shard) closePipes() {
	l.dropPipe()
	for _, p := range l.pipes.spare {
		l.sys.closePipe(p)
	}
	l.pipes.spare = nil
}
