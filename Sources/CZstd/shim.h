// Zstandard, from Debian's libzstd-dev.
#pragma once
#include <zstd.h>
#include <zstd_errors.h>

// A macro, which Swift does not import.
static inline int mlops_zstd_is_error(size_t result) { return (int)ZSTD_isError(result); }

static inline int mlops_zstd_is_out_of_memory(size_t result) {
  return ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation;
}

static inline int mlops_zstd_is_out_of_room(size_t result) {
  return ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall;
}
