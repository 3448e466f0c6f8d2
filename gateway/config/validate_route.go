package config

import "fmt"

func checkRoute(f *faults, r *Route, listeners, services map[string]bool) {
	if c := r.GetCreated(); c != nil && c.CheckValid() != nil {
		f.add("created", c, "want a time of protobuf's range")
	}
	f.check("path.value", r.GetPath().GetValue(), CheckPath(r.GetPath().GetValue()))
	if _, ok := PathMatch_Type_name[int32(r.GetPath().GetType())]; !ok {
		f.add("path.type", r.GetPath().GetType(), "want a known type")
	}
	attached := make(map[string]bool, len(r.GetAttachments()))
	for i, a := range r.GetAttachments() {
		checkAttachment(f, fmt.Sprintf("attachments[%d]", i), a, attached, listeners)
	}
	if len(r.GetSubprotocols()) == 0 && r.GetFallback() == nil {
		f.add("subprotocols", none, "want at least one, or a fallback")
	}
	names := make(map[string]bool, len(r.GetSubprotocols()))
	for i, s := range r.GetSubprotocols() {
		field := fmt.Sprintf("subprotocols[%d]", i)
		f.check(field+".name", s.GetName(), CheckToken(s.GetName()))
		f.once(names, field+".name", s.GetName())
		checkTarget(f, field+".target", s.GetTarget(), services)
	}
	if r.GetFallback() != nil {
		checkTarget(f, "fallback", r.GetFallback(), services)
	}
}

func checkAttachment(f *faults, field string, a *Attachment, attached, listeners map[string]bool) {
	if !listeners[a.GetListener()] {
		f.add(field+".listener", a.GetListener(), "there is no such listener")
	}
	f.once(attached, field+".listener", a.GetListener())
	for i, h := range a.GetHostnames() {
		if h != "" {
			f.check(fmt.Sprintf("%s.hostnames[%d]", field, i), h, CheckHostname(h))
		}
	}
	if p := a.GetPolicy(); p != nil {
		checkPolicy(f, field+".policy", p)
	}
}

func checkPolicy(f *faults, field string, p *Policy) {
	for i, o := range p.GetAllowedOrigins() {
		f.check(fmt.Sprintf("%s.allowed_origins[%d]", field, i), o, CheckOrigin(o))
	}
	checkDuration(f, field+".dial_timeout", p.GetDialTimeout(), false)
	checkDuration(f, field+".idle_timeout", p.GetIdleTimeout(), false)
	checkDuration(f, field+".write_timeout", p.GetWriteTimeout(), false)
	checkDuration(f, field+".close_timeout", p.GetCloseTimeout(), false)
	checkDuration(f, field+".ping_interval", p.GetPingInterval(), false)
	checkDuration(f, field+".pong_timeout", p.GetPongTimeout(), false)
}

func checkTarget(f *faults, field string, t *Target, services map[string]bool) {
	if len(t.GetBackends()) == 0 {
		f.add(field+".backends", none, "want at least one")
	}
	for i, b := range t.GetBackends() {
		// An empty name is a reference that could not be resolved.
		if name := b.GetService(); name != "" && !services[name] {
			f.add(fmt.Sprintf("%s.backends[%d].service", field, i), name, "there is no such service")
		}
		if b.GetWeight() > maxWeight {
			f.add(fmt.Sprintf("%s.backends[%d].weight", field, i), b.GetWeight(), fmt.Sprintf("want 0 to %d", maxWeight))
		}
	}
	if _, ok := Framing_name[int32(t.GetFraming())]; !ok {
		f.add(field+".framing", t.GetFraming(), "want a known framing")
	}
	if _, ok := MessageType_name[int32(t.GetMessageType())]; !ok {
		f.add(field+".message_type", t.GetMessageType(), "want a known type")
	}
}
