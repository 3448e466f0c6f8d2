package metrics

import "github.com/prometheus/client_golang/prometheus"

// family is one metric as its users know it. The README beside this file is
// written from these.
type family struct {
	name, kind, help string
	labels           []string
}

func (f family) desc() *prometheus.Desc {
	return prometheus.NewDesc(f.name, f.help, f.labels, nil)
}

const (
	counter   = "counter"
	gauge     = "gauge"
	histogram = "histogram"
)

// byRoute are the labels of whatever belongs to a session. They are the
// configuration's words; the fallback's subprotocol is empty.
var byRoute = []string{"route", "subprotocol"}

// The metrics of the gateway.
var (
	sessionsActive = family{
		"switchyard_sessions_active", gauge,
		"Sessions that live now.", byRoute,
	}
	sessionsTotal = family{
		"switchyard_sessions_total", counter,
		"Sessions that began.", byRoute,
	}
	sessionBytes = family{
		"switchyard_session_bytes_total", counter,
		"Payload bytes of sessions, live ones included. Direction in is client to service, out is service to client.",
		append(byRoute[:2:2], "direction"),
	}
	sessionMessages = family{
		"switchyard_session_messages_total", counter,
		"Whole messages of sessions, live ones included. Direction in is client to service, out is service to client.",
		append(byRoute[:2:2], "direction"),
	}
	sessionCloses = family{
		"switchyard_session_closes_total", counter,
		"Sessions that ended, by cause and close code. Codes of applications are counted as 3xxx and 4xxx; 1005 is a " +
			"Close without a code, 1006 no Close at all.",
		append(byRoute[:2:2], "cause", "code"),
	}
	sessionDuration = family{
		"switchyard_session_duration_seconds", histogram,
		"How long sessions lived that ended.", byRoute,
	}
	dialDuration = family{
		"switchyard_dial_duration_seconds", histogram,
		"Time to a connection with the service, TLS handshakes and second tries included.", byRoute,
	}
	dialFailures = family{
		"switchyard_dial_failures_total", counter,
		"Handshakes that were refused since no connection with the service came about, by the handshake's result.",
		append(byRoute[:2:2], "result"),
	}
	handshakesTotal = family{
		"switchyard_handshakes_total", counter,
		"Opening handshakes by result; ok became a session.", []string{"result"},
	}
	configApplied = family{
		"switchyard_config_applied_total", counter,
		"Configurations that were given to the gateway: ok serves, rejected left the one before in force.", []string{"result"},
	}
	configLastApplied = family{
		"switchyard_config_last_applied_timestamp_seconds", gauge,
		"Unix time at which the configuration in force was applied; 0 before the first.", nil,
	}
	certificateNotAfter = family{
		"switchyard_certificate_not_after_timestamp_seconds", gauge,
		"Unix time at which a certificate ends that a listener shows, by the namespace/name that it came from.", []string{"certificate"},
	}
	controllerConnected = family{
		"switchyard_controller_connected", gauge,
		"1 while the gateway is connected to a controller, else 0; 0 also where there is none.", nil,
	}
	controllerConnects = family{
		"switchyard_controller_connects_total", counter,
		"Tries to connect to a controller: ok was connected, failed found none that it may trust.", []string{"result"},
	}
	controllerDisconnects = family{
		"switchyard_controller_disconnects_total", counter,
		"Connections to a controller that ended.", nil,
	}
	accessLogDropped = family{
		"switchyard_access_log_dropped_total", counter,
		"Access log records that were lost because their writer failed or was too slow.", nil,
	}
)

// families are all of the above, in the order in which they are documented.
var families = []family{
	sessionsActive, sessionsTotal, sessionBytes, sessionMessages, sessionCloses, sessionDuration,
	dialDuration, dialFailures, handshakesTotal, configApplied, configLastApplied,
	certificateNotAfter,
	controllerConnected, controllerConnects, controllerDisconnects, accessLogDropped,
}

var (
	// sessionSeconds are few: they are kept for every route, and sessions last
	// from a failed login to a working day.
	sessionSeconds = []float64{1, 10, 60, 600, 3600, 6 * 3600, 24 * 3600}
	// dialSeconds reach from the same node to the default timeout of 5 s.
	dialSeconds = []float64{.001, .005, .02, .1, .5, 1, 2.5, 5}
)
