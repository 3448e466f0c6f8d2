#include "textflag.h"

// Both loops are followed by the last vector, which was read before anything
// was written and may overlap what they masked: there is no rest to be masked
// bytewise. It meets the key rotated by the length.

// func maskLong(b []byte, k uint32)
TEXT ·maskLong(SB), NOSPLIT, $0-28
	CMPB ·hasAVX2(SB), $1
	JNE  sse2
	JMP  ·maskAVX2(SB)

sse2:
	JMP ·maskSSE2(SB)

// func maskAVX2(b []byte, k uint32)
TEXT ·maskAVX2(SB), NOSPLIT, $0-28
	MOVQ b_base+0(FP), DI
	MOVQ b_len+8(FP), CX
	MOVL k+24(FP), AX
	LEAQ -32(DI)(CX*1), SI // the last vector
	LEAQ -128(SI), DX      // where four, and the last, are left
	VMOVD AX, X0
	VPBROADCASTD X0, Y0
	SHLL $3, CX
	RORL CX, AX
	VMOVD AX, X1
	VPBROADCASTD X1, Y1
	VPXOR (SI), Y1, Y1
	CMPQ DI, DX
	JHI  one

four:
	VPXOR (DI), Y0, Y2
	VPXOR 32(DI), Y0, Y3
	VPXOR 64(DI), Y0, Y4
	VPXOR 96(DI), Y0, Y5
	VMOVDQU Y2, (DI)
	VMOVDQU Y3, 32(DI)
	VMOVDQU Y4, 64(DI)
	VMOVDQU Y5, 96(DI)
	ADDQ $128, DI
	CMPQ DI, DX
	JLS  four

one:
	CMPQ DI, SI
	JCC  last
	VPXOR (DI), Y0, Y2
	VMOVDQU Y2, (DI)
	ADDQ $32, DI
	JMP  one

last:
	VMOVDQU Y1, (SI)
	VZEROUPPER
	RET

// func maskSSE2(b []byte, k uint32)
TEXT ·maskSSE2(SB), NOSPLIT, $0-28
	MOVQ b_base+0(FP), DI
	MOVQ b_len+8(FP), CX
	MOVL k+24(FP), AX
	LEAQ -16(DI)(CX*1), SI // the last vector
	LEAQ -64(SI), DX       // where four, and the last, are left
	MOVL AX, X0
	PSHUFD $0, X0, X0
	SHLL $3, CX
	RORL CX, AX
	MOVL AX, X1
	PSHUFD $0, X1, X1
	MOVOU (SI), X2
	PXOR X2, X1
	CMPQ DI, DX
	JHI  one

four:
	MOVOU (DI), X2
	MOVOU 16(DI), X3
	MOVOU 32(DI), X4
	MOVOU 48(DI), X5
	PXOR X0, X2
	PXOR X0, X3
	PXOR X0, X4
	PXOR X0, X5
	MOVOU X2, (DI)
	MOVOU X3, 16(DI)
	MOVOU X4, 32(DI)
	MOVOU X5, 48(DI)
	ADDQ $64, DI
	CMPQ DI, DX
	JLS  four

one:
	CMPQ DI, SI
	JCC  last
	MOVOU (DI), X2
	PXOR X0, X2
	MOVOU X2, (DI)
	ADDQ $16, DI
	JMP  one

last:
	MOVOU X1, (SI)
	RET
