package frame

// Opcode says what a frame is (RFC 6455 5.2 and 11.8). On the wire it has four
// bits; those without a name here are reserved, and Rules refuse them.
type Opcode byte

// The opcodes of RFC 6455.
const (
	Continuation Opcode = 0
	Text         Opcode = 1
	Binary       Opcode = 2
	Close        Opcode = 8
	Ping         Opcode = 9
	Pong         Opcode = 10
)

// Control reports whether o is a control opcode, reserved ones included:
// "Control frames are identified by opcodes where the most significant bit of
// the opcode is 1." (RFC 6455 5.5)
func (o Opcode) Control() bool { return o&8 != 0 }

// known reports whether RFC 6455 defines o.
func (o Opcode) known() bool { return o <= Binary || o >= Close && o <= Pong }
