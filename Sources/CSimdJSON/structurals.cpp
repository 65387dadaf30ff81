#include "CSimdJSON.h"

#include <memory>
#include <new>
#include <simdjson.h>

struct mlops_structurals {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
  size_t count = 0;
};

mlops_structurals *mlops_structurals_make(size_t capacity) {
  auto *made = new (std::nothrow) mlops_structurals;
  if (!made) return nullptr;
  const auto error = simdjson::get_active_implementation()->create_dom_parser_implementation(
      capacity, 1, made->parser);
  if (error) {
    delete made;
    return nullptr;
  }
  return made;
}

void mlops_structurals_free(mlops_structurals *structurals) { delete structurals; }

int mlops_structurals_find(mlops_structurals *structurals, const uint8_t *text, size_t length) {
  structurals->count = 0;
  const auto error =
      structurals->parser->stage1(text, length, simdjson::stage1_mode::regular);
  if (error == simdjson::EMPTY) return 0;
  if (error) return static_cast<int>(error);
  structurals->count = structurals->parser->n_structural_indexes;
  return 0;
}

const uint32_t *mlops_structurals_indexes(const mlops_structurals *structurals) {
  return structurals->parser->structural_indexes.get();
}

size_t mlops_structurals_count(const mlops_structurals *structurals) { return structurals->count; }
