// The C API of the llama.cpp that ./bootstrap builds into .deps/. The includes are relative so that
// neither the compiler nor any importer needs a search path.
#pragma once
#include "../../.deps/include/ggml.h"
#include "../../.deps/include/ggml-alloc.h"
#include "../../.deps/include/ggml-backend.h"
#include "../../.deps/include/ggml-cpu.h"
#include "../../.deps/include/gguf.h"
#include "../../.deps/include/llama.h"
