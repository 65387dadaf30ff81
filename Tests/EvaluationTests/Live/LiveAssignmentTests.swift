import Evaluation
import Testing

/// Who gets which release: the same for everybody who computes the documented formula.
struct LiveAssignmentTests {
  /// Computed in Python: `int.from_bytes(sha256(f"mlops.ab/v1:{id}:{subject}").digest()[:8], "big") >> 11`
  /// over 2⁵³, and the last 32 digits of the digest.
  @Test(
    "positions are those of the documented formula",
    arguments: [
      ("t1", "alice", 0.5379300228297481, "350166a4cfe421dc90880e55f71d9bc4"),
      ("t1", "bob", 0.5570420276947651, "fd0e20acfc39ae6a5f8f3bf01b15a24d"),
      ("t1", "교사-04", 0.8945321454244086, "3ac2b68f2be62ca5f37cefb2acce1bb5"),
      ("exp.2", "alice", 0.9689868801643006, "91a25e61c08766120083cf20706e930f"),
      ("t1", "", 0.5856510622313733, "121f87eb95dcf6e0b4e94853aea06d5b"),
      // Equal to Swift, and different bytes.
      ("t1", "e\u{301}", 0.3918750109170668, "f06b845b09b94236fb8d5d11cb29ee53"),
      ("t1", "\u{E9}", 0.0877368882790962, "762d131a1cd6f56dd1fccbc7ecd6bf5d"),
    ])
  func vectors(_ id: String, _ subject: String, _ position: Double, _ pseudonym: String) {
    let assignment = LiveAssignment(id: id, weight: position)
    #expect(assignment.position(subject: subject) == position)
    #expect(assignment.pseudonym(subject: subject) == pseudonym)
    // The threshold itself is the baseline's.
    #expect(assignment.arm(subject: subject) == .baseline)
    let more = LiveAssignment(id: id, weight: position.nextUp)
    #expect(more.arm(subject: subject) == .candidate)
  }

  @Test("positions are uniform, and those of two tests have nothing to do with each other")
  func uniform() {
    let (one, other) = (LiveAssignment(id: "a", weight: 0), LiveAssignment(id: "b", weight: 0))
    let (subjects, cells) = (40_000, 10)
    var counts = [Int](repeating: 0, count: cells * cells)
    for subject in 0..<subjects {
      let row = Int(one.position(subject: "u-\(subject)") * Double(cells))
      let column = Int(other.position(subject: "u-\(subject)") * Double(cells))
      counts[row * cells + column] += 1
    }
    let expected = Double(subjects) / Double(cells * cells)
    let distance = counts.reduce(0.0) { $0 + ($1 - expected) * ($1 - expected) / expected }
    // χ² of 99 degrees of freedom: below 148.2 with a chance of 99.9 %, above 61.1 likewise.
    #expect(distance < 148.2 && distance > 61.1, "χ² = \(distance)")
  }

  @Test("whoever has the candidate keeps it when the weight grows")
  func sticky() {
    let weights = [0.0, 0.01, 0.1, 0.5, 0.9, 1.0]
    var arms = [Int](repeating: 0, count: weights.count)
    for subject in 0..<4000 {
      var had = false
      for (place, weight) in weights.enumerated() {
        let arm = LiveAssignment(id: "grow", weight: weight).arm(subject: "\(subject)")
        #expect(!had || arm == .candidate)
        had = arm == .candidate
        if had { arms[place] += 1 }
      }
    }
    #expect(arms[0] == 0 && arms[5] == 4000)
    #expect((1900...2100).contains(arms[3]) && (340...460).contains(arms[2]))
  }
}

extension Int {
  fileprivate static func - (left: Int, right: Double) -> Double { Double(left) - right }
}
