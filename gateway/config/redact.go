package config

import "google.golang.org/protobuf/proto"

// redacted stands where a private key was.
const redacted = "[redacted]"

// Redacted is a copy of s to show to people: every private key is blanked.
func (s *Snapshot) Redacted() *Snapshot {
	shown := proto.CloneOf(s)
	for _, l := range shown.GetListeners() {
		for _, c := range l.GetTls().GetCertificates() {
			if len(c.GetKey()) > 0 {
				c.Key = []byte(redacted)
			}
		}
	}
	return shown
}
