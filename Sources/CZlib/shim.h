// zlib, from Debian's zlib1g-dev.
#pragma once
#include <zlib.h>

// A macro, which Swift does not import: gzip and zlib headers are both recognised.
static inline int mlops_inflate_init(z_stream *stream) { return inflateInit2(stream, 15 + 32); }
