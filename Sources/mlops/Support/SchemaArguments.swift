import ArgumentParser
import Lifecycle

/// What commands take that work with schemas.
struct SchemaArguments: ParsableArguments {
  @Flag(
    help: """
      Fetch documents over https and http that a schema refers to and that are found nowhere else: \
      16 MB, 20 seconds and 5 redirects a document, 100 documents; needs the program curl.
      """)
  var allowRemote = false

  /// Schemas by path, and by reference where there is a workspace.
  func schemas(_ global: GlobalOptions) -> Schemas {
    Schemas(allowsRemote: allowRemote, registry: global.laterRegistry)
  }
}
