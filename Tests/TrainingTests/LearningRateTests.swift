import Testing

@testable import Training

@Suite struct LearningRateTests {
  private func rates(_ schedule: TrainingConfiguration.Schedule) -> [Float] {
    var configuration = TrainingConfiguration()
    configuration.learningRate = 1
    configuration.schedule = schedule
    configuration.warmup = 0.2
    let rate = LearningRate(configuration, steps: 10)
    return (0..<10).map(rate.rate(at:))
  }

  @Test(arguments: TrainingConfiguration.Schedule.allCases)
  func `it rises to its peak in the warm-up and never above`(
    schedule: TrainingConfiguration.Schedule
  ) {
    let rates = rates(schedule)
    #expect(Array(rates.prefix(3)) == [0.5, 1, 1])
    #expect(rates.allSatisfy { $0 > 0 && $0 <= 1 })
  }

  @Test func `cosine and line reach half their peak half way`() {
    #expect(abs(rates(.cosine)[6] - 0.5) < 1e-6)
    #expect(abs(rates(.linear)[6] - 0.5) < 1e-6)
    #expect(rates(.constant)[9] == 1)
  }
}
