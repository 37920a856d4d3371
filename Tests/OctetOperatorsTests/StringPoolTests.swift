import OctetCore
import OctetOperators
import Testing

@Suite struct StringPoolTests {
  @Test("equal strings have equal handles, and the empty string is zero")
  func handles() {
    let pool = StringPool()
    let first = pool.handle(of: Bytes(Array("one".utf8)))
    #expect(pool.handle(of: Bytes(Array("one".utf8))) == first)
    #expect(pool.handle(of: Bytes(Array("two".utf8))) != first)
    #expect(pool.handle(of: Bytes([])) == StringPool.emptyString)
    #expect(pool.string(of: first) == Bytes(Array("one".utf8)))
    for handle: UInt64 in [3, 1 << 40, .max] { #expect(pool.string(of: handle).isEmpty) }
  }

  @Test("strings that nothing holds are dropped, and their handles used again")
  func collection() {
    let pool = StringPool()
    let kept = pool.handle(of: Bytes(Array("kept".utf8)))
    let dropped = pool.handle(of: Bytes(Array("dropped".utf8)))
    let memory: [UInt64] = [kept, 0, .max, kept]
    memory.withUnsafeBytes { pool.collect(keeping: [$0]) }
    #expect(pool.byteCount == 4)
    #expect(pool.string(of: dropped).isEmpty)
    #expect(pool.handle(of: Bytes(Array("new".utf8))) == dropped)
    #expect(pool.string(of: kept) == Bytes(Array("kept".utf8)))
  }
}
