public import MLOpsCore

extension Suite {
  /// The suite, judged by the gate of a YAML file.
  ///
  /// - Throws: `EvaluationError` with code `evaluation.invalid_suite`.
  public func judged(byGateAt path: String) throws(EvaluationError) -> Suite {
    try judged(byGate: try SuiteFile.text(at: path), file: path)
  }

  /// The suite, judged by another gate.
  ///
  /// The metrics and slices that a gate may name are the suite's.
  ///
  /// - Parameters:
  ///   - yaml: a mapping with the keys that `gate` has in a suite's file.
  ///   - file: its name in messages and in the report.
  /// - Throws: `EvaluationError` with code `evaluation.invalid_suite`, naming line and column.
  public func judged(byGate yaml: String, file: String) throws(EvaluationError) -> Suite {
    let reader = SuiteReader(file: file)
    var suite = self
    suite.gate = try GateFile(reader: reader, metrics: metrics, slices: slices, cases: cases)
      .gate(try reader.root(of: yaml))
    suite.foreignGate = ForeignGate(file: file, digest: Digest(of: Array(yaml.utf8)))
    return suite
  }

  /// A gate that is not the suite's own: what passes it is no evidence for a promotion, which trusts
  /// what was agreed on with the suite.
  public struct ForeignGate: Sendable, Hashable {
    public let file: String
    /// Of the file's bytes.
    public let digest: Digest
  }
}
