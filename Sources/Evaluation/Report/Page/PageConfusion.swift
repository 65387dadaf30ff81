/// Confusion matrices as tables whose cells are as dark as they are full.
struct PageConfusion {
  let confusions: [LabelConfusion]

  /// The section; empty without labels.
  var html: String {
    guard !confusions.isEmpty else { return "" }
    return """
      <section id="confusion"><h2>Confusion</h2>
      <p class="note">Expected labels down, answered ones across; “other” are answers of none of the labels, and unreadable ones. Shades are shares of a row. The last matrix is candidate minus baseline: green is more right or less wrong, red the opposite.</p>
      \(confusions.map(tables).joined(separator: "\n"))
      </section>
      """
  }

  private func tables(_ one: LabelConfusion) -> String {
    let (before, after) = (one.baseline.rows, one.candidate.rows)
    let change = zip(after, before).map { zip($0, $1).map { $0 - $1 } }
    let totals = before.map { max(1, $0.reduce(0, +)) }
    let heading =
      confusions.count > 1 || one.field != nil ? "<h3>\(HTMLText.escape(one.title))</h3>" : ""
    return """
      \(heading)<div class="matrices\(one.labels.labels.count > 8 ? " wide" : "")">
      \(table("baseline", one, before) { share($0, of: totals[$1]) })
      \(table("candidate", one, after) { share($0, of: totals[$1]) })
      \(table("candidate − baseline", one, change, isChange: true) { count, row, column in
        guard count != 0 else { return "" }
        let isGood = (row == column) == (count > 0)
        return (isGood ? "g" : "b") + "\(shade(abs(count), of: totals[row], steps: 4))"
      })
      </div>
      """
  }

  private func share(_ count: Int, of total: Int) -> String {
    count == 0 ? "" : "h\(shade(count, of: total, steps: 8))"
  }

  /// 1 … steps.
  private func shade(_ count: Int, of total: Int, steps: Int) -> Int {
    min(steps, max(1, Int((Double(count) / Double(total) * Double(steps)).rounded(.up))))
  }

  private func table(
    _ title: String, _ one: LabelConfusion, _ rows: [[Int]], _ kind: (Int, Int) -> String
  ) -> String {
    table(title, one, rows, isChange: false) { count, row, _ in kind(count, row) }
  }

  private func table(
    _ title: String, _ one: LabelConfusion, _ rows: [[Int]], isChange: Bool,
    _ kind: (Int, Int, Int) -> String
  ) -> String {
    let labels = one.labels.labels.map { HTMLText.escape($0, limit: 200) }
    let head = (labels + ["other"]).map {
      "<th scope=\"col\" title=\"\($0)\"><span>\($0)</span></th>"
    }
    let body = rows.enumerated().map { row, counts in
      let cells = counts.enumerated().map { column, count in
        let kinds = [kind(count, row, column), row == column ? "right" : ""]
          .filter { !$0.isEmpty }
        return
          "<td\(kinds.isEmpty ? "" : " class=\"\(kinds.joined(separator: " "))\"")>\(text(count, isChange))</td>"
      }
      return
        "<tr><th scope=\"row\" title=\"\(labels[row])\">\(labels[row])</th>\(cells.joined())</tr>"
    }
    return """
      <div class="scroll"><table class="heat"><caption>\(title)</caption>
      <thead><tr><td></td>\(head.joined())</tr></thead>
      <tbody>\(body.joined(separator: "\n"))</tbody></table></div>
      """
  }

  private func text(_ count: Int, _ isChange: Bool) -> String {
    guard count != 0 else { return "<i>·</i>" }
    return isChange ? (count > 0 ? "+\(count)" : "−\(-count)") : "\(count)"
  }
}
