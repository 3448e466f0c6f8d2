// Command gobwas is a bridge of WebSocket to TCP with gobwas/ws: its upgrade
// without net/http, its Reader and its Writer. It is a peer to compare with.
//
//	gobwas LISTEN BACKEND [CERTIFICATE KEY]
package main

import (
	"bufio"
	"io"
	"log"
	"net"
	"os"

	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsutil"

	"switchyard.dev/hack/load/peers/endpoint"
)

const (
	// readSize is what is read ahead of a client, as net/http does, so that a
	// small frame takes one read and not three.
	readSize = 4 << 10
	// messageSize is the largest message that a client gets, as with io.Copy.
	messageSize = 32 << 10
)

func main() {
	listener, backend, err := endpoint.Listen(os.Args[1:])
	if err != nil {
		log.Fatal(err)
	}
	for {
		client, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go bridge(client, backend)
	}
}

// bridge serves one client.
func bridge(client net.Conn, backend string) {
	defer client.Close()
	upgrader := ws.Upgrader{Protocol: func(b []byte) bool { return string(b) == endpoint.Subprotocol }}
	if _, err := upgrader.Upgrade(client); err != nil {
		return
	}
	service, err := net.Dial("tcp", backend)
	if err != nil {
		return
	}
	defer service.Close()
	go func() {
		defer client.Close()
		toClient(client, service)
	}()
	toService(service, client)
}

// toClient makes one binary message of every read.
func toClient(client io.Writer, service io.Reader) {
	writer := wsutil.NewWriterSize(client, ws.StateServerSide, ws.OpBinary, messageSize)
	buffer := make([]byte, messageSize)
	for {
		n, err := service.Read(buffer)
		if err != nil {
			return
		}
		if _, err := writer.Write(buffer[:n]); err != nil {
			return
		}
		if err := writer.Flush(); err != nil {
			return
		}
	}
}

// toService hands payload on and answers control frames.
func toService(service io.Writer, client io.ReadWriter) {
	control := wsutil.ControlFrameHandler(client, ws.StateServerSide)
	reader := &wsutil.Reader{
		Source: bufio.NewReaderSize(client, readSize), State: ws.StateServerSide, OnIntermediate: control,
	}
	for {
		header, err := reader.NextFrame()
		if err != nil {
			return
		}
		if header.OpCode.IsControl() {
			if err := control(header, reader); err != nil {
				return
			}
			continue
		}
		if _, err := io.Copy(service, reader); err != nil {
			return
		}
	}
}
