module switchyard.dev

go 1.26.0

require google.golang.org/protobuf v1.36.12

require github.com/google/go-cmp v0.7.0

require github.com/go-logr/logr v1.4.4

require (
	golang.org/x/net v0.62.0
	golang.org/x/text v0.43.0 // indirect
)
