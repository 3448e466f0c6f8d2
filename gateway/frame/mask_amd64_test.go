package frame

func init() {
	masks["SSE2"] = long(maskSSE2)
	if hasAVX2 {
		masks["AVX2"] = long(maskAVX2)
	}
}
