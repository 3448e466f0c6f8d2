package frame

// Violation is a rule of RFC 6455 that the peer broke. The values are shared
// and never change; match them with errors.As.
type Violation struct {
	// Code is the close code to fail the connection with.
	Code uint16
	// Section of RFC 6455 that states the rule, as "5.1".
	Section string
	// Rule in words, as it should have been.
	Rule string
}

// Error is the section and the rule, as "RFC 6455 5.1: clients mask, servers
// do not".
func (v *Violation) Error() string { return "RFC 6455 " + v.Section + ": " + v.Rule }

// broken is a violation of the framing itself.
func broken(section, rule string) *Violation {
	return &Violation{Code: ProtocolError, Section: section, Rule: rule}
}
