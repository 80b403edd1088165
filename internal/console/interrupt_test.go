package console

import "testing"

func TestInterrupt(t *testing.T) {
	var c Console
	if c.Interrupt() {
		t.Error("an interrupt is handled before CatchInterrupts")
	}
	interrupts, stop := c.CatchInterrupts()
	for range 3 {
		if !c.Interrupt() {
			t.Error("an interrupt is not handled")
		}
	}
	<-interrupts
	select {
	case <-interrupts:
		t.Error("interrupts accumulate")
	default:
	}
	stop()
	if c.Interrupt() {
		t.Error("an interrupt is handled after stop")
	}
}
