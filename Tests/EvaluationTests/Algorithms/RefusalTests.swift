import JSON
import Testing

@testable import Evaluation

struct RefusalTests {
  /// How the texts of a language are taken.
  private func counts(_ language: String) throws -> (hits: Int, missed: [String], wrong: [String]) {
    let detector = RefusalDetector()
    var (hits, missed, wrong) = (0, [String](), [String]())
    for one in try AlgorithmFixture.cases(language, of: "refusals.json") {
      let text = try one.text("text")
      switch (try one.flag("refuses"), detector.refuses(text)) {
      case (true, true): hits += 1
      case (true, false): missed.append(text)
      case (false, true): wrong.append("\(detector.phrase(in: text) ?? ""): \(text)")
      case (false, false): break
      }
    }
    return (hits, missed, wrong)
  }

  // The numbers that the detector's documentation tells.
  @Test func `precision and recall are what the documentation says`() throws {
    let english = try counts("en")
    #expect(english.hits + english.missed.count == 35)
    #expect(english.hits == 27, "\(english.missed)")
    #expect(english.wrong.count == 4, "\(english.wrong)")
    let korean = try counts("ko")
    #expect(korean.hits + korean.missed.count == 35)
    #expect(korean.hits == 28, "\(korean.missed)")
    #expect(korean.wrong.count == 6, "\(korean.wrong)")
  }

  @Test func `spelling, spaces and contractions do not matter`() {
    let detector = RefusalDetector(phrases: ["I cannot help", "도와드릴 수 없", "do not want"])
    for text in [
      "I can't help", "I CAN’T help you", "well,\ti can  not helpfully", "도와 드릴수 없어요",
      "\u{1103}\u{1169}와드릴 수 없다", "I don't want to",
    ] {
      #expect(detector.refuses(text), "\(text)")
    }
    #expect(!detector.refuses("Hawaii cannot help"))
    #expect(!detector.refuses("I cannot. Help!"))
    #expect(!detector.refuses(""))
  }

  @Test func `a star spans a little of one sentence and a caret means its beginning`() {
    let gap = RefusalDetector(phrases: ["sorry * cannot"])
    #expect(gap.phrase(in: "Sorry, but that cannot be") == "sorry * cannot")
    #expect(!gap.refuses("Sorry. It cannot be"))
    #expect(!gap.refuses("Sorry " + String(repeating: "so ", count: 30) + "cannot"))
    let start = RefusalDetector(phrases: ["^no way"])
    #expect(start.refuses("Hm. \"No way!\""))
    #expect(!start.refuses("There is no way"))
  }

  @Test func `only the first sentences count, and the list may be another`() {
    #expect(!RefusalDetector().refuses("One. Two. Three. Four. I cannot help with that."))
    #expect(RefusalDetector().refuses("One. Two. Three. I cannot help with that."))
    let own = RefusalDetector(phrases: ["nope", "", " * "])
    #expect(own.refuses("Nope."))
    #expect(!own.refuses("I cannot help with that."))
    #expect(!RefusalDetector(phrases: []).refuses("nope"))
    #expect(own.value(of: own.numbers(text: "nope") + own.numbers(text: "yes")) == 0.5)
  }
}
