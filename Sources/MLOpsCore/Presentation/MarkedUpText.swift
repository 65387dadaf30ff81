/// Text inside the reports that machines of CI read.
public enum MarkedUpText {
  /// Text for XML 1.0, which knows no control characters but tab and line ends: they become �.
  public static func xml(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "\t", "\n", "\r": escaped.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// The message of one of GitHub's workflow commands.
  ///
  /// - SeeAlso: GitHub's documentation of workflow commands.
  public static func workflowData(_ text: String) -> String {
    text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
  }

  /// The value of a property of a workflow command, such as a file.
  public static func workflowProperty(_ text: String) -> String {
    workflowData(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}
