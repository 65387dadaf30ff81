import MLOpsCore

extension EvaluationReport {
  /// The report as one page that needs nothing beside it: no network, no other file.
  ///
  /// Equal reports and facts make the same page byte for byte. What models wrote is text in it and
  /// nothing else: a policy in the page lets only its own script run. Of very long texts it holds the
  /// beginning, and says so; the report's JSON has all of them.
  ///
  /// - Parameter facts: what else to tell about how it ran, as names and values.
  public func html(facts: [(name: String, value: String)] = []) -> String {
    let style = String(decoding: PackageResources.report_css, as: UTF8.self)
    let script = String(decoding: PackageResources.report_js, as: UTF8.self)
    let sections = [
      PageMetrics(report: self).html, PageSlices(report: self).html,
      PageConfusion(confusions: confusions).html, PageReliability(report: self).html,
      PageCosts(report: self).html, PageCases(report: self).html,
      PageSettings(report: self, facts: facts).html,
    ]
    let policy =
      "default-src 'none'; style-src \(HTMLText.source(of: style)); script-src \(HTMLText.source(of: script)); base-uri 'none'; form-action 'none'"
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(HTMLText.escape(suite.name)): \(verdict.rawValue)</title>
      <style>\(style)</style>
      </head>
      <body>
      <main>
      \(PageHead(report: self).html)
      \(sections.filter { !$0.isEmpty }.joined(separator: "\n"))
      </main>
      <script>\(script)</script>
      </body>
      </html>

      """
  }
}
