import JSON
public import JSONSchema

/// What a record of feedback must look like, in whatever way it arrives.
public enum FeedbackSchema {
  /// The JSON Schema (draft 2020-12).
  public static let text = #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "What somebody thought of one answer",
      "type": "object",
      "additionalProperties": false,
      "properties": {
        "input": {
          "description": "What was asked: text, turns, or the fields that a prompt is filled from",
          "anyOf": [
            { "type": "string", "minLength": 1 },
            { "type": "array", "minItems": 1, "items": { "$ref": "#/$defs/turn" } },
            { "type": "object", "minProperties": 1 }
          ]
        },
        "output": { "description": "What was answered", "$ref": "#/$defs/answer" },
        "rating": { "enum": ["up", "down"] },
        "corrected": { "description": "The right answer", "$ref": "#/$defs/answer" },
        "chosen": { "description": "The better of two answers", "$ref": "#/$defs/answer" },
        "rejected": { "description": "The worse of two answers", "$ref": "#/$defs/answer" },
        "comment": { "type": "string", "minLength": 1, "maxLength": 10000 },
        "tags": {
          "type": "array", "maxItems": 32, "uniqueItems": true,
          "items": { "type": "string", "minLength": 1, "maxLength": 100 }
        },
        "rater": { "description": "Who judged", "type": "string", "minLength": 1, "maxLength": 200 },
        "subject": {
          "description": "Whose data it is; kept as a pseudonym only",
          "type": "string", "minLength": 1, "maxLength": 200
        },
        "receipt": {
          "description": "The receipt of the request that was answered",
          "type": "string", "minLength": 1, "maxLength": 200
        },
        "release": {
          "description": "The digest of the release that answered",
          "type": "string", "pattern": "^sha256:[0-9a-f]{64}$"
        },
        "consent": { "description": "Whether training on it is allowed", "type": "boolean" },
        "at": {
          "description": "When it was judged",
          "type": "string",
          "if": { "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
          "then": { "format": "date" },
          "else": { "format": "date-time" }
        },
        "id": {
          "description": "What it is called where it comes from",
          "type": "string", "minLength": 1, "maxLength": 200
        }
      },
      "anyOf": [
        { "required": ["rating"] },
        { "required": ["corrected"] },
        { "required": ["chosen"] },
        { "required": ["comment"] }
      ],
      "dependentRequired": {
        "corrected": ["input"],
        "chosen": ["input", "rejected"],
        "rejected": ["chosen"],
        "output": ["input"]
      },
      "dependentSchemas": {
        "rating": {
          "description": "What was rated must be known",
          "anyOf": [{ "required": ["output"] }, { "required": ["receipt"] }]
        }
      },
      "$defs": {
        "turn": {
          "type": "object",
          "required": ["role", "content"],
          "additionalProperties": false,
          "properties": {
            "role": { "enum": ["system", "user", "assistant"] },
            "content": { "type": "string" }
          }
        },
        "answer": {
          "anyOf": [{ "type": "string", "minLength": 1 }, { "type": "object", "minProperties": 1 }]
        }
      }
    }
    """#

  /// The same, compiled, with formats checked.
  public static let compiled: Result<CompiledSchema, any Error> = Result {
    try JSONSchema.compile(
      try JSONValue(parsing: text), options: SchemaOptions(assertsFormats: true))
  }
}
