import OctetCore
import Testing

@Suite("Bytes")
struct BytesTests {
  /// Memory that tells when it is given back.
  private final class Owner: @unchecked Sendable {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
    private let onRelease: @Sendable () -> Void

    init(onRelease: @escaping @Sendable () -> Void) {
      self.onRelease = onRelease
      memory.copyBytes(from: [1, 2, 3, 4])
    }

    deinit {
      memory.deallocate()
      onRelease()
    }
  }

  @Test("External memory is shared and kept until the last slice goes")
  func externalMemory() async {
    await confirmation { released in
      var slice: Bytes?
      do {
        let owner = Owner { released() }
        let bytes = Bytes(unsafeBytes: UnsafeRawBufferPointer(owner.memory), owner: owner)
        #expect(
          bytes.withUnsafeBytes { $0.baseAddress == UnsafeRawPointer(owner.memory.baseAddress) })
        slice = bytes.slice(1..<3)
      }
      #expect(slice?.array == [2, 3])
      slice = nil
    }
  }

  @Test("Bytes written in place start as zeros")
  func inPlace() {
    #expect(Bytes(count: 3) { $0[1] = 7 }.array == [0, 7, 0])
    #expect(Bytes(count: 0) { _ in }.isEmpty)
    #expect(Bytes(values: [Int32(1), -1]).array == [1, 0, 0, 0, 255, 255, 255, 255])
    #expect(Bytes(values: [Float]()).isEmpty)
  }
}
