import Deployment
import MLOpsCore
import MLOpsTestKit
import Testing

@Suite struct ServingReleaseSwitchTests {
  let first = ScriptedReleases.digest("first")
  let second = ScriptedReleases.digest("second")
  let third = ScriptedReleases.digest("third")

  @Test func nothingServesBeforeTheFirstActivation() async throws {
    let releases = try ScriptedReleases().makeSwitch()
    #expect(throws: ServingError.nothingServed(releases.environment)) { try releases.acquire() }
    try await releases.prepare(first)
    #expect(throws: ServingError.nothingServed(releases.environment)) { try releases.acquire() }
    #expect(releases.status.residents.map(\.role) == [.prepared])
  }

  @Test func aRequestKeepsTheReleaseItBeganWith() async throws {
    let source = ScriptedReleases()
    let releases = try source.makeSwitch(keptPrevious: 0)
    try await releases.serve("first", as: 1)
    let lease = try releases.acquire()
    try await releases.serve("second", as: 2)
    #expect(lease.live.digest == first)
    #expect(try releases.acquire().live.digest == second)
    #expect(try await lease.live.model.generate(.hello).text.contains(first.short))
    lease.end()
  }

  @Test func theOldModelIsFreedAfterItsLastLeaseAndNotBefore() async throws {
    let source = ScriptedReleases()
    let releases = try source.makeSwitch(keptPrevious: 0)
    try await releases.serve("first", as: 1)
    let leases = try (0..<3).map { _ in try releases.acquire() }
    try await releases.serve("second", as: 2)
    let old = try #require(source.models(first).first)
    for lease in leases {
      try await Task.sleep(for: .milliseconds(5))
      #expect(old.counts.shutdowns == 0)
      lease.end()
      lease.end()
    }
    #expect(await eventually { old.counts.shutdowns == 1 })
    #expect(await eventually { releases.status.residents.map(\.role) == [.serving] })
    #expect(source.models(second).first?.counts.shutdowns == 0)
  }

  @Test func aForgottenLeaseEndsWithItsObject() async throws {
    let source = ScriptedReleases()
    let releases = try source.makeSwitch(keptPrevious: 0)
    try await releases.serve("first", as: 1)
    do { _ = try releases.acquire() }
    #expect(releases.status.inFlight == 0)
  }

  @Test func aGenerationThatIsNotNewerChangesNothing() async throws {
    let releases = try ScriptedReleases().makeSwitch()
    try await releases.serve("second", as: 2)
    try await releases.prepare(first)
    #expect(try releases.activate(ServedGeneration(number: 1, release: first)) == false)
    #expect(try releases.activate(ServedGeneration(number: 2, release: first)) == false)
    #expect(releases.serving == ServedGeneration(number: 2, release: second))
  }

  @Test func whatWasNotPreparedCannotServe() async throws {
    let releases = try ScriptedReleases().makeSwitch()
    #expect(throws: ServingError.notPrepared(first)) {
      try releases.activate(ServedGeneration(number: 1, release: first))
    }
  }

  @Test func aNewGenerationOfTheSameReleaseLoadsNothing() async throws {
    let source = ScriptedReleases()
    let releases = try source.makeSwitch()
    try await releases.serve("first", as: 1)
    try await releases.serve("first", as: 2)
    #expect(releases.serving?.number == 2)
    #expect(source.loads == [first])
    #expect(releases.status.swaps == 1)
  }

  @Test func aRollbackToTheKeptReleaseLoadsNothing() async throws {
    let source = ScriptedReleases()
    let releases = try source.makeSwitch(keptPrevious: 1)
    try await releases.serve("first", as: 1)
    try await releases.serve("second", as: 2)
    try await releases.serve("first", as: 3)
    #expect(source.loads == [first, second])
    #expect(releases.status.residents.map(\.role) == [.serving, .previous])
  }

  @Test func onlySoManyPreviousReleasesStay() async throws {
    let source = ScriptedReleases()
    let releases = try source.makeSwitch(keptPrevious: 1)
    try await releases.serve("first", as: 1)
    try await releases.serve("second", as: 2)
    try await releases.serve("third", as: 3)
    let oldest = try #require(source.models(first).first)
    #expect(await eventually { oldest.counts.shutdowns == 1 })
    #expect(source.models(second).first?.counts.shutdowns == 0)
  }

  @Test func preparingAnotherReleaseFreesTheOneThatWaited() async throws {
    let source = ScriptedReleases()
    let releases = try source.makeSwitch()
    try await releases.prepare(first)
    try await releases.prepare(second)
    #expect(source.models(first).first?.counts.shutdowns == 1)
    #expect(releases.status.residents.map(\.release) == [second])
  }

  @Test func preparingAtTheSameTimeLoadsOnce() async throws {
    let source = ScriptedReleases(delay: .milliseconds(5))
    let releases = try source.makeSwitch()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<20 { group.addTask { try await releases.prepare(first) } }
      try await group.waitForAll()
    }
    #expect(source.loads == [first])
  }

  @Test func aFailedCanaryLeavesTheOldReleaseAndFreesTheNewOne() async throws {
    let canary = Canary(request: .hello, expected: first.short)
    let source = ScriptedReleases(canaries: [canary])
    let releases = try source.makeSwitch()
    try await releases.serve("first", as: 1)
    await #expect {
      try await releases.prepare(second)
    } throws: { error in
      FailureReport(error).code == "deployment.canary_failed"
    }
    #expect(source.models(second).first?.counts.shutdowns == 1)
    #expect(releases.serving?.release == first)
    #expect(releases.status.loading == nil)
  }

  @Test func whereMemoryIsShortTheNewReleaseIsWorthMoreThanAQuickRollback() async throws {
    let source = ScriptedReleases()
    source.setRoom(2)
    let releases = try source.makeSwitch(keptPrevious: 1)
    try await releases.serve("first", as: 1)
    try await releases.serve("second", as: 2)
    try await releases.serve("third", as: 3)
    #expect(source.models(first).first?.counts.shutdowns == 1)
    source.setRoom(1)
    await #expect(throws: ScriptedReleases.MemoryShort.self) {
      try await releases.prepare(first)
    }
    #expect(releases.serving?.release == third)
  }

  @Test func closingWaitsForTheLastRequestAndFreesEverything() async throws {
    let source = ScriptedReleases()
    let releases = try source.makeSwitch()
    try await releases.serve("first", as: 1)
    try await releases.serve("second", as: 2)
    try await releases.prepare(third)
    let lease = try releases.acquire()
    async let closed: Void = releases.close()
    #expect(await eventually { releases.status.serving == nil })
    #expect(throws: ServingError.closed(releases.environment)) { try releases.acquire() }
    #expect(source.models(second).first?.counts.shutdowns == 0)
    lease.end()
    await closed
    #expect(source.allModels.allSatisfy { $0.counts.shutdowns == 1 })
  }

  @Test func underConstantLoadTwentySwapsLoseNoRequestAndMixNone() async throws {
    let source = ScriptedReleases(pieces: 8, delay: .microseconds(300))
    let releases = try source.makeSwitch(keptPrevious: 0)
    try await releases.serve("0", as: 1)
    let answered = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var answered = 0
          while !Task.isCancelled {
            let lease = try releases.acquire()
            defer { lease.end() }
            let text = try await lease.live.model.generate(.hello).text
            let expected = (0..<8).map { "\(lease.live.digest.short):\($0) " }.joined()
            try #require(text == expected)
            answered += 1
            if releases.serving?.number == 21, answered >= 20 { break }
          }
          return answered
        }
      }
      for swap in 1...20 {
        try await Task.sleep(for: .milliseconds(3))
        try await releases.serve("\(swap % 3)", as: swap + 1)
      }
      return try await group.reduce(0, +)
    }
    #expect(answered >= 160)
    #expect(releases.status.swaps == 21)
    await releases.close()
    #expect(source.allModels.count == 21)
    #expect(source.allModels.allSatisfy { $0.counts.shutdowns == 1 })
    #expect(source.allModels.allSatisfy { $0.counts.violations == 0 })
  }
}
