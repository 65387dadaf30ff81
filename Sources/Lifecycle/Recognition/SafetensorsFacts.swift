import JSON
import ModelRuntime

extension SafetensorsFile {
  /// What a manifest keeps of the file: how many tensors and elements, and of which types.
  var facts: JSONValue {
    var parameters: Int64 = 0
    var types: [String: Int] = [:]
    for tensor in tensors {
      parameters &+= tensor.elements
      types[tensor.type, default: 0] += 1
    }
    return [
      "tensors": .integer(tensors.count), "parameters": .integer(parameters),
      "types": .object(types.mapValues { .integer($0) }),
    ]
  }
}
