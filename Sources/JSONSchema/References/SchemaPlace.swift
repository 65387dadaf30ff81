import JSON

/// A place in one of the documents that a schema is made of.
///
/// Places are linked to the ones around them, so that a deep schema costs one small object a place;
/// the pointer is only spelled out for messages.
final class SchemaPlace: Sendable {
  let parent: SchemaPlace?
  let token: String
  /// An index into `SchemaProgram.documents`; 0 is the schema itself.
  let document: Int
  /// How many places are around it.
  let depth: Int

  init(document: Int) {
    parent = nil
    token = ""
    self.document = document
    depth = 0
  }

  private init(parent: SchemaPlace, token: String) {
    self.parent = parent
    self.token = token
    document = parent.document
    depth = parent.depth + 1
  }

  func appending(_ token: String) -> SchemaPlace { SchemaPlace(parent: self, token: token) }

  /// From the root of the document.
  var pointer: JSONPointer { JSONPointer(tokens(below: nil)) }

  /// The way here from a place further up; from the root of the document where that is not one.
  func tokens(below ancestor: SchemaPlace?) -> [String] {
    var tokens: [String] = []
    var place = self
    while let parent = place.parent, place !== ancestor {
      tokens.append(place.token)
      place = parent
    }
    return tokens.reversed()
  }
}
