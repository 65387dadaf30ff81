import JSON
import Testing

@testable import Evaluation

@Suite("Python's generator")
struct MersenneTwisterTests {
  @Test("draws what Python's random.Random draws")
  func drawsAsPython() throws {
    for one in try ImportFixture.list("cases", of: "draws.json") {
      let seed = try #require(one["seed"]?.int)
      var generator = MersenneTwister(seed: seed)
      let bits = try #require(one["bits"]?.array).compactMap(\.int)
      #expect(bits.map { _ in Int(generator.next()) } == bits, "seed \(seed)")
      for draw in try #require(one["draws"]?.array) {
        let population = try #require(draw["population"]?.int)
        let drawn = try #require(draw["drawn"]?.array).compactMap(\.int)
        #expect(
          generator.sample(population, drawn.count) == drawn,
          "seed \(seed), \(drawn.count) of \(population)")
      }
    }
  }
}
