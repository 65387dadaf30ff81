// Zstandard, from Debian's libzstd-dev.
#pragma once
#include <zstd.h>

// A macro, which Swift does not import.
static inline int mlops_zstd_is_error(size_t result) { return (int)ZSTD_isError(result); }
