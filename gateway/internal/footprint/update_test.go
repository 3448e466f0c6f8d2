package footprint

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
)

// sender makes a client's TLS 1.3 records: crypto/tls has no call to update
// keys.
type sender struct {
	secret   []byte // RFC 8446 7.2
	sequence uint64
}

const (
	handshake       = 22
	applicationData = 23
)

// record is RFC 8446 5.2's, for TLS_AES_128_GCM_SHA256.
func (s *sender) record(contentType byte, content []byte) []byte {
	block, _ := aes.NewCipher(expand(s.secret, "key", 16)) // the length is right
	aead, _ := cipher.NewGCM(block)
	nonce := expand(s.secret, "iv", 12)
	counter := nonce[4:]
	binary.BigEndian.PutUint64(counter, binary.BigEndian.Uint64(counter)^s.sequence)
	s.sequence++

	inner := append(bytes.Clone(content), contentType)
	header := []byte{applicationData, 3, 3}
	header = binary.BigEndian.AppendUint16(header, uint16(len(inner)+aead.Overhead()))
	return append(header, aead.Seal(nil, nonce, inner, header)...)
}

// update goes on to the next secret, which is the receiver's behind a KeyUpdate.
func (s *sender) update() { s.secret, s.sequence = expand(s.secret, "traffic upd", 32), 0 }

// expand is HKDF-Expand-Label of RFC 8446 7.1 with no context.
func expand(secret []byte, label string, length int) []byte {
	label = "tls13 " + label
	info := string([]byte{0, byte(length), byte(len(label))}) + label + "\x00"
	b, err := hkdf.Expand(sha256.New, secret, info, length)
	if err != nil {
		panic(err)
	}
	return b
}

// connectSender is a connection whose client's records s makes.
func connectSender(t *testing.T) (p *pair, s *sender) {
	client, server := settings(t)
	var log bytes.Buffer
	server.KeyLogWriter = &log
	p = connect(t, client, server)
	if p.server.ConnectionState().CipherSuite != tls.TLS_AES_128_GCM_SHA256 {
		t.Skip("this machine prefers another cipher")
	}
	for line := range strings.Lines(log.String()) {
		if part := strings.Fields(line); part[0] == "CLIENT_TRAFFIC_SECRET_0" {
			secret, err := hex.DecodeString(part[2])
			if err != nil {
				t.Fatal(err)
			}
			return p, &sender{secret: secret}
		}
	}
	t.Fatal("no secret logged")
	return nil, nil
}

func TestKeysAreUpdated(t *testing.T) {
	const (
		notRequested = 0
		requested    = 1
	)
	for name, request := range map[string]byte{"and not requested": notRequested, "and requested": requested} {
		for how, newReader := range readers {
			t.Run(name+", "+how, func(t *testing.T) {
				read := newReader()
				p, s := connectSender(t)
				keyUpdate := []byte{24, 0, 0, 1, request}
				for turn := range uint64(100) {
					// The message is whole, or in two records with an idle time between.
					cut := int(turn) % len(keyUpdate)
					if cut > 0 {
						p.toServer.give(s.record(handshake, keyUpdate[:cut]))
						read(t, p.server)
					}
					p.toServer.give(s.record(handshake, keyUpdate[cut:]))
					s.update()
					read(t, p.server)

					want := message(turn, 60)
					p.toServer.give(s.record(applicationData, want))
					if got := read(t, p.server); !bytes.Equal(got, want) {
						t.Fatalf("turn %d: the server read %x", turn, got)
					}
					p.server.Write(want)
					if got := read(t, p.client); !bytes.Equal(got, want) {
						t.Fatalf("turn %d: the client read %x", turn, got)
					}
				}
			})
		}
	}
}
