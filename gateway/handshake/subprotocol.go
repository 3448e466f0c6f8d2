package handshake

import (
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"
)

const (
	// maxSubprotocols bounds how many a client may offer.
	maxSubprotocols = 32
	// maxSubprotocolLength bounds the name of one, in bytes.
	maxSubprotocolLength = 128
)

// parseSubprotocols reads the lines of Sec-WebSocket-Protocol as one list.
//
// "The elements that comprise this value MUST be non-empty strings with
// characters in the range U+0021 to U+007E not including separator characters
// [...] and MUST all be unique strings" (RFC 6455 4.1). Empty elements are no
// elements: "a recipient MUST parse and ignore a reasonable number of empty
// list elements" (RFC 7230 7). The ABNF is 1#token, so a field with none at
// all is malformed.
func parseSubprotocols(lines []string) ([]string, *Refusal) {
	var offered []string
	for _, line := range lines {
		for element := range strings.SplitSeq(line, ",") {
			name := strings.Trim(element, " \t")
			if name == "" {
				continue
			}
			if refusal := checkSubprotocol(offered, name); refusal != nil {
				return nil, refusal
			}
			offered = append(offered, name)
		}
	}
	if len(lines) > 0 && len(offered) == 0 {
		return nil, Refuse(Malformed, "Sec-WebSocket-Protocol names no subprotocol (RFC 6455 4.3)")
	}
	return offered, nil
}

func checkSubprotocol(before []string, name string) *Refusal {
	switch {
	case len(name) > maxSubprotocolLength:
		return refusef(Malformed, "Sec-WebSocket-Protocol: %s has %d bytes; %d are allowed", quote(name), len(name), maxSubprotocolLength)
	case !httpguts.ValidHeaderFieldName(name): // which is a token as well
		return refusef(Malformed, "Sec-WebSocket-Protocol: %s is not a token (RFC 6455 4.1)", quote(name))
	case slices.Contains(before, name):
		return refusef(Malformed, "Sec-WebSocket-Protocol: %s is offered twice (RFC 6455 4.1)", quote(name))
	case len(before) == maxSubprotocols:
		return refusef(Malformed, "Sec-WebSocket-Protocol: more than %d subprotocols", maxSubprotocols)
	}
	return nil
}
