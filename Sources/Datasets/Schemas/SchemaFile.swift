public import JSONSchema
public import SystemPackage

/// Reads and compiles a schema file that needs nothing but the files beside it.
public enum SchemaFile {
  /// Compiles a schema; relative references lead to files beside it and below, and nowhere else.
  ///
  /// - Throws: `DatasetsError` with the place in the file where it is malformed.
  public static func load(_ path: FilePath, assertFormats: Bool = false) throws(DatasetsError)
    -> CompiledSchema
  {
    try SchemaLibrary().compile(try SchemaDocument(file: path), assertsFormats: assertFormats)
  }
}
