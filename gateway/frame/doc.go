// Package frame is the wire form of WebSocket frames: header, mask, close
// payload, and the rules of RFC 6455 section 5 as one pure function.
//
// In: bytes. Out: values and bytes. It holds no state, reads no clock and does
// no I/O.
package frame
