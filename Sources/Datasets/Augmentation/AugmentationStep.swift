import JSON
public import MLOpsCore

/// One way of making rows of rows.
protocol AugmentationStep: Sendable {
  /// As it is written in a configuration: `numbers`.
  static var name: String { get }
  /// What every step can be told: which rows, how many, which fields are set.
  var common: CommonSettings { get }
  /// The settings that only this step has, defaults included.
  var settings: [String: JSONValue] { get }
  /// Fields that some row must have, and where the configuration names them.
  var reads: [FieldUse] { get }
  /// The fields whose texts are new: two rows with the same ones are the same.
  var writes: [JSONPointer] { get }
  /// How many rows a row gives where `per_row` does not say.
  var rowsEach: Int { get }
  /// How often a rejected row is drawn anew where `attempts` does not say, from 1.
  var draws: Int { get }
  /// The model that it asks; nil for none.
  var model: String? { get }

  /// Makes variants of a row, one for each index; the same arguments give the same rows.
  func variants(of row: SourceRow, _ indices: Range<Int>, _ context: StepContext) async throws
    -> RowVariants
}

extension AugmentationStep {
  var draws: Int { 1 }
  var model: String? { nil }

  /// The canonical form: an object with the step's name as its only key.
  var json: JSONValue { [Self.name: .object(settings.merging(common.json) { own, _ in own })] }
}

/// A field that a configuration names, and where it does.
struct FieldUse: Sendable, Equatable {
  /// Such as `augment.yaml[0].numbers.fields[0]`.
  let place: String
  let pointer: JSONPointer
}

/// A row that variants are made of.
struct SourceRow: Sendable {
  /// Where it begins in the input, from 1.
  let line: Int
  let value: JSONValue
  let digest: Digest

  init(line: Int, value: JSONValue) {
    self.line = line
    self.value = value
    digest = value.rowDigest
  }
}

/// What a step is told beside the row.
struct StepContext: Sendable {
  let seed: UInt64
  /// The step's name in the plan; unlike for two steps of one name.
  let label: String
  let model: AugmentationModel?

  /// Random numbers that depend on the seed, the step, the row and the index alone, so that neither
  /// the order of the rows nor other rows make a difference.
  func random(for row: SourceRow, _ index: Int) -> SplitMix64 {
    SplitMix64(seed: StepContext.fingerprint(seed, label, row, index).bits)
  }

  /// - Parameter index: -1 for what decides whether the row is taken at all.
  static func fingerprint(_ seed: UInt64, _ label: String, _ row: SourceRow, _ index: Int)
    -> RowFingerprint
  {
    RowFingerprint(Array("\(seed)\u{0}\(label)\u{0}\(row.digest.hex)\u{0}\(index)".utf8))
  }
}

/// What a step made of one row.
enum RowVariants: Sendable {
  /// Nothing, since the row does not suit the step; the reason is a short phrase that is counted.
  case unsuited(String)
  case made([Variant])
}

/// One variant, or why there is none.
struct Variant: Sendable {
  /// From 0.
  let index: Int
  let outcome: Result<JSONValue, Rejection>

  init(_ index: Int, _ value: JSONValue) {
    self.index = index
    outcome = .success(value)
  }

  init(_ index: Int, rejected rejection: Rejection) {
    self.index = index
    outcome = .failure(rejection)
  }
}

/// Why a variant was not taken.
struct Rejection: Error, Sendable, Equatable {
  /// A short phrase that is counted, such as `too near`.
  let reason: String
  /// What exactly; nil where the reason says it all.
  var detail: String?
  /// Into the row, to what the reason is about.
  var pointer = JSONPointer.root
  /// What was rejected; nil where nothing was made.
  var row: JSONValue?
}

/// A language model that a step asks.
public struct AugmentationModel: Sendable {
  public let model: any LanguageModel
  /// What marks and lineage call it: the digest of its version.
  public let digest: Digest

  public init(model: any LanguageModel, digest: Digest) {
    self.model = model
    self.digest = digest
  }
}
