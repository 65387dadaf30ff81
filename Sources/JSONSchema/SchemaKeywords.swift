/// Where the keywords of draft 2020-12 keep subschemas.
enum SchemaKeywords {
  /// The dialect that is understood.
  static let dialect = "https://json-schema.org/draft/2020-12/schema"

  /// Their value is a schema.
  static let single: Set<String> = [
    "additionalProperties", "propertyNames", "unevaluatedProperties", "items", "contains",
    "unevaluatedItems", "not", "if", "then", "else", "contentSchema",
  ]

  /// Their value is an array of schemas.
  static let lists: Set<String> = ["prefixItems", "allOf", "anyOf", "oneOf"]

  /// Their value is an object of schemas.
  static let maps: Set<String> = [
    "$defs", "definitions", "properties", "patternProperties", "dependentSchemas",
  ]
}
