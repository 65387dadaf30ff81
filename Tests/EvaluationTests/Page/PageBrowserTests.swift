import Foundation
import Testing

@testable import Evaluation

/// Pages in a browser, where the machine has one.
@Suite(
  .timeLimit(.minutes(10)),
  .enabled(if: Browser.path != nil, "needs chromium, which this machine has not"))
struct PageBrowserTests {
  @Test func `a browser finds and shows cases`() throws {
    let page = try PageReports.numbers(200).html()
    func shown(_ hash: String) throws -> (cards: Int, status: String) {
      let dom = try Browser.load(page, hash: hash)
      let status = try #require(dom.firstMatch(of: /class="status"[^>]*>([^<]*)</)).1
      return (dom.components(separatedBy: "<li class=\"case").count - 1, String(status))
    }
    let broken = try shown("")
    #expect(broken.cards == 2 && broken.status == "1–2 of 2 cases", "\(broken)")
    let found = try shown("#tab=all&q=q19")
    #expect(found.cards == 11 && found.status == "1–11 of 11 cases", "\(found)")
    let paged = try shown("#tab=all&q=&page=8")
    #expect(paged.cards == 25 && paged.status == "176–200 of 200 cases", "\(paged)")
    let none = try shown("#tab=all&q=zzz")
    #expect(none.cards == 0 && none.status == "No case.", "\(none)")
  }

  @Test func `hostile output stays text in a browser, and differing words are marked`() throws {
    let dom = try Browser.load(try PageReports.hostileReport().html(), hash: "#tab=all&q=")
    #expect(dom.components(separatedBy: "<li class=\"case").count - 1 == PageReports.hostile.count)
    #expect(!dom.contains("<img") && !dom.contains("<title>owned"))
    #expect(dom.contains("<span class=\"control\">U+202E</span>"))
    #expect(dom.contains("<mark>"))
  }

  @Test func `the policy stops what is not the page's own, should it ever get in`() throws {
    let foreign = """
      <script>document.body.append("ow" + "ned")</script>
      <img src="x" onerror="document.body.append('ow' + 'ned')"></body>
      """
    let page = try PageReports.numbers().html().replacing("</body>", with: foreign)
    #expect(try !Browser.load(page).contains("owned"))
    let open = page.replacing("Content-Security-Policy", with: "Nothing")
    #expect(try Browser.load(open).contains("owned"))
  }
}
