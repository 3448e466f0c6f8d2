package listener

import "testing"

func TestATallyIsEmptyWhenNothingIsCounted(t *testing.T) {
	var c tally
	<-c.empty()
	goOn := make(chan struct{})
	c.Go(func() { <-goOn })
	first, second := c.empty(), c.empty()
	select {
	case <-first:
		t.Error("it is empty while something is counted")
	default:
	}
	close(goOn)
	<-first
	<-second
	<-c.empty()
}

// The race detector would tell of a sync.WaitGroup that this is a misuse.
func TestATallyMayGrowWhileSomebodyWaits(t *testing.T) {
	for range 100 {
		var c tally
		go c.Go(func() {})
		<-c.empty()
		served := make(chan struct{})
		c.Go(func() { close(served) })
		<-c.empty()
		<-served
	}
}
