// Package admin is the gateway's own HTTP listener: health, readiness,
// metrics, live sessions, loaded configuration, profiles.
//
// In: where to ask for each of them. Out: pages for people, probes and scrapers.
// It only shows: nothing that it serves changes anything. It listens on loopback
// unless told otherwise, where web pages must not read it through a name of
// their own, and it never shows a private key.
package admin
