import OctetCore

extension Model {
  /// Checks what the flatbuffer verifier can't: indices, shapes, sizes, quantization, data flow.
  ///
  /// - Throws: all problems at once, up to a bound.
  public func validate(limits: ReadLimits = ReadLimits()) throws(OctetError) {
  }
}
