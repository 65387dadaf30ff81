internal import CLlama
import MLOpsCore

/// Which build of the engine computes, and how: what numbers may depend on beside model and request.
public enum EngineBuild {
  /// The same text promises the same numbers.
  public static func text(_ configuration: RuntimeConfiguration) -> String {
    func own(_ text: UnsafePointer<CChar>?) -> String { text.map { String(cString: $0) } ?? "" }
    let parts = [
      "mlops \(BuildVersion.current)", "ggml \(own(ggml_version())) \(own(ggml_commit()))",
      own(llama_print_system_info()),
      "context \(configuration.contextPerSequence.map { "\($0)" } ?? "auto")",
      "threads \(configuration.threads.map { "\($0)" } ?? "auto \(Processors.usable)")",
      "batch \(configuration.batch)", "cache \(configuration.cache)",
      configuration.isStrict ? "strict" : "slots \(configuration.slots)",
    ]
    return parts.joined(separator: "\n")
  }
}
