package metrics

import "strconv"

// codeLabel is the label for a close code. The client chooses its code, so only
// those with a meaning of their own stand for themselves (RFC 6455 7.4.1 and
// IANA's registry); a thousand others would be a thousand series.
func codeLabel(code uint16) string {
	switch {
	case code >= 1000 && code <= 1003, code >= 1005 && code <= 1014:
		return strconv.Itoa(int(code))
	case code >= 3000 && code <= 3999:
		return "3xxx"
	case code >= 4000 && code <= 4999:
		return "4xxx"
	}
	return "other"
}
