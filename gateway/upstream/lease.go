package upstream

// Lease counts as one live session of an endpoint until Release. It may be kept
// without the connection it came with.
type Lease struct{ endpoint *endpoint }

// Service is the name of the service.
func (l Lease) Service() string { return l.endpoint.service }

// Endpoint is the "host:port" of the service that was dialled.
func (l Lease) Endpoint() string { return l.endpoint.address }

// Release ends the count. It is called once, and closes nothing.
func (l Lease) Release() { l.endpoint.live.Add(-1) }
