// The first stage of simdjson: where in a text the brackets, commas, colons and scalars begin.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bytes behind a text that simdjson may read.
#define MLOPS_STRUCTURALS_PADDING 64

typedef struct mlops_structurals mlops_structurals;

// For texts of at most `capacity` bytes; NULL where there is no memory.
mlops_structurals *mlops_structurals_make(size_t capacity);
void mlops_structurals_free(mlops_structurals *structurals);

// Finds them, and checks UTF-8, control characters in strings and that strings end; 0, or an error
// of simdjson. A text without any (blank) is no error here.
int mlops_structurals_find(mlops_structurals *structurals, const uint8_t *text, size_t length);

// In rising order, valid until the next call.
const uint32_t *mlops_structurals_indexes(const mlops_structurals *structurals);
size_t mlops_structurals_count(const mlops_structurals *structurals);

#ifdef __cplusplus
}
#endif
