module switchyard.dev

go 1.26.0

require google.golang.org/protobuf v1.36.12

require golang.org/x/sys v0.49.0

require golang.org/x/net v0.62.0

require github.com/go-logr/logr v1.4.4

require (
	github.com/google/go-cmp v0.7.0
	golang.org/x/text v0.43.0 // indirect
)

require github.com/prometheus/client_golang v1.25.0

require github.com/prometheus/client_model v0.6.3

require github.com/beorn7/perks v1.0.1 // indirect

require github.com/cespare/xxhash/v2 v2.3.0 // indirect

require github.com/kylelemons/godebug v1.1.0 // indirect

require github.com/munnerz/goautoneg v0.0.0-20191010083416-a7dc8b61c822 // indirect

require github.com/prometheus/common v0.72.0 // indirect

require github.com/prometheus/procfs v0.22.0 // indirect

require github.com/coder/websocket v1.8.15

require github.com/gobwas/ws v1.5.0

require github.com/gorilla/websocket v1.5.3

require github.com/gobwas/httphead v0.1.0 // indirect
