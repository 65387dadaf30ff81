import JSON
import Testing

@testable import Evaluation

struct CalibrationTests {
  private func sums(_ error: ExpectedCalibrationError, _ confidences: [Double], _ rights: [Bool])
    -> [Double]
  {
    var sums = [Double](repeating: 0, count: error.width)
    for (confidence, isRight) in zip(confidences, rights) {
      let numbers = error.numbers(confidence: confidence, isRight: isRight)
      for (index, number) in numbers.enumerated() { sums[index] += number }
    }
    return sums
  }

  @Test func `errors and Brier's score equal the definitions' and scikit-learn's`() throws {
    for one in try AlgorithmFixture.cases("calibration") {
      let (confidences, rights) = (try one.numbers("confidences"), try one.flags("rights"))
      let error = ExpectedCalibrationError(bins: try one.count("bins"))
      let sums = sums(error, confidences, rights)
      let table = error.table(ofSums: sums)
      #expect(table.rows.map(\.count) == (try one.numbers("counts")))
      #expect(abs(error.value(of: sums) - (try one.number("ece"))) < 1e-12)
      #expect(abs(table.maximumError - (try one.number("mce"))) < 1e-12)
      let adaptive = AdaptiveCalibrationError.value(
        confidences: confidences, rights: rights, bins: try one.count("bins"))
      #expect(abs(adaptive - (try one.number("adaptive"))) < 1e-12)
      let brier = BrierScore()
      let rows = zip(confidences, rights).flatMap { brier.numbers(confidence: $0, isRight: $1) }
      #expect(abs(brier.value(of: rows) - (try one.number("brier"))) < 1e-12)
    }
  }

  @Test func `a bin has its upper end and not its lower one`() {
    for bins in 1...120 {
      let error = ExpectedCalibrationError(bins: bins)
      for bin in 0...bins {
        let numbers = error.numbers(confidence: Double(bin) / Double(bins), isRight: true)
        #expect(numbers[3 * max(0, bin - 1)] == 1, "\(bin) of \(bins)")
      }
    }
  }

  @Test func `what is no confidence is left out and counted`() {
    let error = ExpectedCalibrationError(bins: 10)
    let sums = sums(error, [.nan, .infinity, 0.8, 1.5, -1], [true, true, true, true, false])
    let table = error.table(ofSums: sums)
    #expect(table.unmeasured == 2)
    #expect(table.rows[7].count == 1)
    #expect(table.rows[9].meanConfidence == 1)
    #expect(table.rows[0].meanConfidence == 0)
    #expect(abs(error.value(of: sums) - 0.2 / 3) < 1e-12)
    #expect(BrierScore().value(of: BrierScore().numbers(confidence: .nan, isRight: true)).isNaN)
    #expect(AdaptiveCalibrationError.value(confidences: [.nan], rights: [true]).isNaN)
    #expect(error.value(of: error.numbers(confidence: .nan, isRight: true)).isNaN)
    #expect(ExpectedCalibrationError(bins: -3).bins == 1)
    #expect(error.table(ofSums: []).rows.isEmpty)
  }

  @Test func `the adaptive error does not depend on the order of equal confidences`() {
    let ahead = AdaptiveCalibrationError.value(
      confidences: [0.5, 0.5, 0.5, 0.9], rights: [true, false, false, true], bins: 2)
    let behind = AdaptiveCalibrationError.value(
      confidences: [0.9, 0.5, 0.5, 0.5], rights: [true, false, false, true], bins: 2)
    #expect(ahead == behind)
  }
}
