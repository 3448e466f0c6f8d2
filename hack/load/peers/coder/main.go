// Command coder is a bridge of WebSocket to TCP with coder/websocket: NetConn,
// which its documentation has for tunnelling "arbitrary protocols", and io.Copy
// both ways. It is a peer to compare with.
//
//	coder LISTEN BACKEND [CERTIFICATE KEY]
package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/coder/websocket"

	"switchyard.dev/hack/load/peers/endpoint"
)

func main() {
	listener, backend, err := endpoint.Listen(os.Args[1:])
	if err != nil {
		log.Fatal(err)
	}
	options := &websocket.AcceptOptions{Subprotocols: []string{endpoint.Subprotocol}}
	bridge := func(w http.ResponseWriter, r *http.Request) {
		service, err := net.Dial("tcp", backend)
		if err != nil {
			http.Error(w, "no service", http.StatusBadGateway)
			return
		}
		defer service.Close()
		socket, err := websocket.Accept(w, r, options)
		if err != nil {
			return
		}
		client := websocket.NetConn(r.Context(), socket, websocket.MessageBinary)
		defer client.Close()
		go func() {
			defer client.Close()
			_, _ = io.Copy(client, service)
		}()
		_, _ = io.Copy(service, client)
	}
	log.Fatal(http.Serve(listener, http.HandlerFunc(bridge)))
}
