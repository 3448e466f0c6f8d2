package route

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/framing"
	"switchyard.dev/gateway/policy"
	"switchyard.dev/gateway/session"
	"switchyard.dev/gateway/upstream"
)

// Compile builds the table of s, which it does not keep. An error names the
// object, the field, the value and the rule that it breaks.
func Compile(s *config.Snapshot) (*Table, error) {
	t := &Table{listeners: make(map[string]*listener, len(s.GetListeners()))}
	for _, l := range s.GetListeners() {
		if err := t.listen(l); err != nil {
			return nil, fmt.Errorf("listener %q: %w", l.GetName(), err)
		}
	}
	for _, r := range byPrecedence(s.GetRoutes()) {
		if err := t.add(r); err != nil {
			return nil, fmt.Errorf("route %q: %w", r.GetName(), err)
		}
	}
	return t, nil
}

func (t *Table) listen(c *config.Listener) error {
	if t.listeners[c.GetName()] != nil {
		return errors.New("name: there is another listener of this name")
	}
	hostname, err := parsePattern(c.GetHostname())
	if err != nil {
		return fmt.Errorf("hostname: %w", err)
	}
	t.listeners[c.GetName()] = &listener{
		name: c.GetName(), address: c.GetAddress(), port: c.GetPort(), tls: c.GetTls() != nil,
		hostname: hostname,
	}
	return nil
}

// byPrecedence: "The oldest Route based on creation timestamp", then "The Route
// appearing first in alphabetical order" (Gateway API, HTTPRouteRule matches).
// One without a time counts as older than all that have one.
func byPrecedence(routes []*config.Route) []*config.Route {
	return slices.SortedStableFunc(slices.Values(routes), func(a, b *config.Route) int {
		return cmp.Or(
			cmp.Compare(a.GetCreated().GetSeconds(), b.GetCreated().GetSeconds()),
			cmp.Compare(a.GetCreated().GetNanos(), b.GetCreated().GetNanos()),
			strings.Compare(a.GetName(), b.GetName()),
		)
	})
}

// add puts r on its listeners, behind all routes added before.
func (t *Table) add(r *config.Route) error {
	if !strings.HasPrefix(r.GetPath().GetValue(), "/") {
		return fmt.Errorf(`path.value: %q: a path begins with "/"`, r.GetPath().GetValue())
	}
	offers, err := compileOffers(r)
	if err != nil {
		return err
	}
	for i, a := range r.GetAttachments() {
		l := t.listeners[a.GetListener()]
		if l == nil {
			return fmt.Errorf("attachments[%d].listener: %q: there is no such listener", i, a.GetListener())
		}
		if err := l.add(r, a, offers); err != nil {
			return fmt.Errorf("attachments[%d].%w", i, err)
		}
	}
	return nil
}

// compileOffers are r's subprotocols and fallback, without what differs from
// listener to listener.
func compileOffers(r *config.Route) ([]Choice, error) {
	offers := make([]Choice, 0, len(r.GetSubprotocols())+1)
	for i, s := range r.GetSubprotocols() {
		if s.GetName() == "" {
			return nil, fmt.Errorf(`subprotocols[%d].name: "": a subprotocol has a name`, i)
		}
		offers = append(offers, offer(r, s.GetName(), s.GetTarget()))
	}
	if r.GetFallback() != nil {
		offers = append(offers, offer(r, "", r.GetFallback()))
	}
	return offers, nil
}

func offer(r *config.Route, subprotocol string, target *config.Target) Choice {
	return Choice{
		Route:       r.GetName(),
		Subprotocol: subprotocol,
		Target:      upstream.NewTarget(target),
		Session: session.Config{
			Framing: framings[target.GetFraming()],
			Text:    target.GetMessageType() == config.MessageType_TEXT,
		},
	}
}

var framings = map[config.Framing]framing.Kind{
	config.Framing_STREAM:          framing.Stream,
	config.Framing_LINES:           framing.Lines,
	config.Framing_LENGTH_PREFIXED: framing.LengthPrefixed,
	config.Framing_TYPED:           framing.Typed,
}

// under gives c, a choice at listener, what its policy says.
func (c *Choice) under(listener string, p *policy.Policy) {
	c.Listener, c.Policy = listener, p
	c.Session.MaxMessage = p.MaxMessage
	c.Session.Ping, c.Session.Pong = p.Ping, p.Pong
	c.Session.Idle, c.Session.Write, c.Session.Close = p.Idle, p.Write, p.Close
}

// add puts r at the hostnames of a, an attachment to l.
func (l *listener) add(r *config.Route, a *config.Attachment, offers []Choice) error {
	p, err := policy.Compile(a.GetPolicy())
	if err != nil {
		return err
	}
	choices := slices.Clone(offers)
	for i := range choices {
		choices[i].under(l.name, p)
	}
	hostnames := a.GetHostnames()
	if len(hostnames) == 0 {
		hostnames = []string{""}
	}
	for i, h := range hostnames {
		host, err := parsePattern(h)
		if err != nil {
			return fmt.Errorf("hostnames[%d]: %w", i, err)
		}
		place := l.hosts.at(host).at(r.GetPath())
		for i := range choices {
			place.claim(&choices[i])
		}
	}
	return nil
}
