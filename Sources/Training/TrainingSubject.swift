import ModelRuntime
import SystemPackage

/// What a run trains.
enum TrainingSubject {
  /// A low-rank adapter of the base.
  case adapter(AdapterLayout)
  /// All weights of the model.
  case model(FullLayout)

  /// - Throws: `TrainingError.quantisedBase`.
  init(
    _ file: GGUFFile, _ dimensions: DecoderDimensions, _ configuration: TrainingConfiguration
  ) throws {
    switch configuration.scope {
    case .adapter:
      self = .adapter(
        AdapterLayout(dimensions, targets: configuration.targets, rank: configuration.rank))
    case .full, .fresh:
      self = .model(try FullLayout(file, dimensions, isFresh: configuration.scope == .fresh))
    }
  }

  var layout: any ParameterLayout {
    switch self {
    case .adapter(let layout): layout
    case .model(let layout): layout
    }
  }

  /// `none` where the weights themselves are trained.
  var adapterLayout: AdapterLayout {
    if case .adapter(let layout) = self { layout } else { .none }
  }

  /// Writes what serves: an adapter's GGUF, or a model's.
  ///
  /// - Parameters:
  ///   - base: the model's file.
  ///   - title: the new `general.name` of a model; nil keeps the base's.
  func write(
    _ values: [Float], base: GGUFFile, alpha: Float, title: String?, to path: FilePath
  ) throws {
    switch self {
    case .adapter(let layout):
      try AdapterFile.write(
        values, layout: layout, architecture: base["general.architecture"]?.string ?? "",
        alpha: alpha, to: path)
    case .model(let layout):
      var rewriting = WeightRewriting(base)
      rewriting.name = title
      rewriting.dropsOrigin = layout.isFresh
      try rewriting.write(to: path) { tensor in
        layout[tensor.name].map { layout.slice(of: $0, in: values) }
      }
    }
  }
}
