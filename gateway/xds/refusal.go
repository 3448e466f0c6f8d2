package xds

import (
	"strings"

	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
)

// maxRefusal bounds what a NACK says: it becomes a line of some object's status.
const maxRefusal = 1 << 10

// cutMark ends a text that was cut.
const cutMark = "…"

// refusal is err for a NACK, on one line.
func refusal(err error) *status.Status {
	text := strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "\uFFFD"), "\n", "; ")
	if len(text) > maxRefusal {
		text = strings.ToValidUTF8(text[:maxRefusal-len(cutMark)], "") + cutMark
	}
	return &status.Status{Code: int32(codes.InvalidArgument), Message: text}
}
