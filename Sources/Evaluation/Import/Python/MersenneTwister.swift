/// The generator behind Python's `random.Random`, MT19937 (Matsumoto and Nishimura, 1998), seeded
/// and read as Python does, so that the same seed draws the same.
struct MersenneTwister: Sendable {
  private static let size = 624
  private static let shift = 397
  private var state: [UInt32]
  private var index = MersenneTwister.size

  /// - Parameter seed: As of `random.Random(seed)`; its sign does not count.
  init(seed: Int) {
    let magnitude = UInt64(seed.magnitude)
    var key = [UInt32(truncatingIfNeeded: magnitude)]
    if magnitude >> 32 > 0 { key.append(UInt32(magnitude >> 32)) }
    state = MersenneTwister.initial(19_650_218)
    mix(key)
  }

  private static func initial(_ seed: UInt32) -> [UInt32] {
    var state = [seed]
    for place in 1..<size {
      let last = state[place - 1]
      state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ UInt32(place))
    }
    return state
  }

  /// Seeding by an array, of one or two numbers.
  private mutating func mix(_ key: [UInt32]) {
    let size = MersenneTwister.size
    var (place, turn) = (1, 0)
    for _ in 0..<size {
      let last = state[place - 1]
      state[place] =
        (state[place] ^ ((last ^ (last >> 30)) &* 1_664_525)) &+ key[turn] &+ UInt32(turn)
      advance(&place)
      turn = (turn + 1) % key.count
    }
    for _ in 1..<size {
      let last = state[place - 1]
      state[place] =
        (state[place] ^ ((last ^ (last >> 30)) &* 1_566_083_941)) &- UInt32(place)
      advance(&place)
    }
    state[0] = 0x8000_0000
  }

  private mutating func advance(_ place: inout Int) {
    place += 1
    if place == MersenneTwister.size {
      state[0] = state[place - 1]
      place = 1
    }
  }

  /// The next 32 bits.
  mutating func next() -> UInt32 {
    if index == MersenneTwister.size { refill() }
    var bits = state[index]
    index += 1
    bits ^= bits >> 11
    bits ^= (bits << 7) & 0x9D2C_5680
    bits ^= (bits << 15) & 0xEFC6_0000
    return bits ^ (bits >> 18)
  }

  private mutating func refill() {
    let size = MersenneTwister.size
    for place in 0..<size {
      let bits = (state[place] & 0x8000_0000) | (state[(place + 1) % size] & 0x7FFF_FFFF)
      let turned = (bits >> 1) ^ (bits & 1 == 1 ? 0x9908_B0DF : 0)
      state[place] = state[(place + MersenneTwister.shift) % size] ^ turned
    }
    index = 0
  }

  /// A whole number below a bound, as `Random._randbelow`.
  ///
  /// - Parameter bound: From 1 to 2³² − 1.
  mutating func below(_ bound: Int) -> Int {
    let width = Int.bitWidth - bound.leadingZeroBitCount
    while true {
      let drawn = Int(next() >> UInt32(32 - width))
      if drawn < bound { return drawn }
    }
  }

  /// The places of `count` of `population` elements in the order drawn, as `Random.sample`.
  ///
  /// - Parameter count: From 0 to `population`.
  mutating func sample(_ population: Int, _ count: Int) -> [Int] {
    // Python keeps a copy of small populations and remembers what it drew of large ones.
    var limit = 21
    if count > 5 {
      var power = 1
      while power < count * 3 { power *= 4 }
      limit += power
    }
    var drawn: [Int] = []
    if population <= limit {
      var pool = Array(0..<population)
      for index in 0..<count {
        let place = below(population - index)
        drawn.append(pool[place])
        pool[place] = pool[population - index - 1]
      }
      return drawn
    }
    var seen: Set<Int> = []
    for _ in 0..<count {
      var place = below(population)
      while !seen.insert(place).inserted { place = below(population) }
      drawn.append(place)
    }
    return drawn
  }
}
