/// The version of the program.
public enum BuildVersion {
  /// As `mlops --version` prints it.
  public static let current = "0.1.0"
}
