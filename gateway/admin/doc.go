// Package admin is the gateway's own HTTP listener: health, readiness,
// metrics, live sessions, loaded configuration, profiles.
//
// In: where to ask for each of them. Out: pages for people, probes and scrapers.
// It only shows: nothing that it serves changes anything. Over the network it
// shows health, readiness and metrics; the rest over loopback alone, where web
// pages must not read it through a name of their own. It never shows a private
// key.
package admin
