package handshake

import (
	"net/textproto"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// maxFields bounds the lines of a header: enough for browsers behind several
// proxies, few enough that looking through them costs little.
const maxFields = 100

// parseFields reads the header lines after the request line, with the blank
// line at the end. The values share the memory of lines.
//
// net/textproto is more lenient than a server at the edge may be: it joins
// folded lines and takes a bare LF for the end of one.
func parseFields(lines string) (textproto.MIMEHeader, *Refusal) {
	count := max(strings.Count(lines, "\n")-1, 0) // without the empty line
	if count > maxFields {
		return nil, refusef(HeaderTooLarge, "the header has %d fields; %d are allowed", count, maxFields)
	}
	header := make(textproto.MIMEHeader, count)
	values := make([]string, 0, count) // one allocation for the first value of each
	for {
		line, rest, ok := strings.Cut(lines, "\r\n")
		if !ok {
			return nil, Refuse(Malformed, "the header does not end with an empty line")
		}
		if line == "" {
			if rest != "" {
				return nil, Refuse(Malformed, "bytes after the end of the header")
			}
			return header, nil
		}
		name, value, refusal := parseField(line)
		if refusal != nil {
			return nil, refusal
		}
		if earlier := header[name]; earlier != nil {
			header[name] = append(earlier, value)
		} else {
			values = append(values, value)
			header[name] = values[len(values)-1 : len(values) : len(values)]
		}
		lines = rest
	}
}

func parseField(line string) (name, value string, refusal *Refusal) {
	// "A server that receives an obs-fold in a request message [...] MUST either
	// reject the message by sending a 400 (Bad Request)" or replace it (RFC 7230
	// 3.2.4).
	if line[0] == ' ' || line[0] == '\t' {
		return "", "", Refuse(Malformed, "a folded header line (RFC 7230 3.2.4)")
	}
	name, value, ok := strings.Cut(line, ":")
	// "A server MUST reject any received request message that contains whitespace
	// between a header field-name and colon" (RFC 7230 3.2.4): no token has any.
	if !ok || !httpguts.ValidHeaderFieldName(name) {
		return "", "", refusef(Malformed, "%s is not a header field (RFC 7230 3.2)", quote(line))
	}
	value = strings.Trim(value, " \t")
	// This also refuses a CR or LF that does not end the line.
	if !httpguts.ValidHeaderFieldValue(value) {
		return "", "", refusef(Malformed, "the value of %s has control characters (RFC 7230 3.2)", quote(name))
	}
	return textproto.CanonicalMIMEHeaderKey(name), value, nil
}
