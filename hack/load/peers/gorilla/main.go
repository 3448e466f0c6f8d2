// Command gorilla is the bridge that one writes in an afternoon: WebSocket to
// TCP with gorilla/websocket and io.Copy. It is a peer to compare with.
//
//	gorilla LISTEN BACKEND [CERTIFICATE KEY]
package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"os"

	"github.com/gorilla/websocket"

	"switchyard.dev/hack/load/peers/endpoint"
)

func main() {
	listener, backend, err := endpoint.Listen(os.Args[1:])
	if err != nil {
		log.Fatal(err)
	}
	upgrader := websocket.Upgrader{Subprotocols: []string{endpoint.Subprotocol}}
	bridge := func(w http.ResponseWriter, r *http.Request) {
		service, err := net.Dial("tcp", backend)
		if err != nil {
			http.Error(w, "no service", http.StatusBadGateway)
			return
		}
		defer service.Close()
		client, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer client.Close()
		go func() {
			defer client.Close()
			_, _ = io.Copy(messages{client}, service)
		}()
		for {
			_, message, err := client.NextReader()
			if err != nil {
				return
			}
			if _, err := io.Copy(service, message); err != nil {
				return
			}
		}
	}
	log.Fatal(http.Serve(listener, http.HandlerFunc(bridge)))
}

// messages makes one binary message of every write.
type messages struct{ client *websocket.Conn }

func (m messages) Write(b []byte) (int, error) {
	return len(b), m.client.WriteMessage(websocket.BinaryMessage, b)
}
