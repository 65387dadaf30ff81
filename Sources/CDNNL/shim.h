// Types of oneDNN's C interface. The library itself is opened when a training asks for it: binding
// its 40 MB at start would cost every command milliseconds.
#pragma once
#if __has_include(<dnnl_types.h>)
#include <dnnl_types.h>
#endif

// OpenMP's, which ggml and oneDNN share; gcc's omp.h is not on clang's path.
extern void omp_set_num_threads(int);
extern int omp_get_max_threads(void);
