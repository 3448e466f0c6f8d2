// Package admin is the gateway's own HTTP listener: health, readiness,
// metrics, live sessions, loaded configuration, profiles.
//
// It only shows. It listens on loopback unless told otherwise.
package admin
