import OctetCore
import OctetOperators
import Testing

/// Detection post-processing against outputs of TensorFlow 2.15.1's kernel.
@Suite struct DetectionPostProcessTests {
  private static func options(
    classesPerDetection: Int, regular: Bool, maximumDetections: Int = 4
  ) -> DetectionOptions {
    DetectionOptions(
      maximumDetections: maximumDetections, maximumClassesPerDetection: classesPerDetection,
      usesRegularSuppression: regular, scoreThreshold: 0.3, overlapThreshold: 0.5, classCount: 2,
      scale: .init(y: 10, x: 10, height: 5, width: 5))
  }

  @Test func suppressesAllClassesAtOnceInFloat() throws {
    let encodings: [Float] = [
      -1.0918526649475098, 0.5998768210411072, -1.7826086282730103, 1.101549744606018,
      -0.3009890913963318, -1.1900339126586914, -0.6728635430335999, 0.20090001821517944,
      -1.016444444656372, 0.6541196703910828, 0.9939691424369812, 0.6278204917907715,
      0.6300677061080933, -1.5184862613677979, 0.11943956464529037, -2.0165834426879883,
      -0.73774653673172, -0.9095081090927124, -1.9980618953704834, 0.8488701581954956,
      1.0888203382492065, 1.7433379888534546, -0.43908703327178955, 0.563290536403656,
    ]
    let scores: [Float] = [
      0.8816534280776978, 0.027499651536345482, 0.6394057869911194, 0.03669099882245064,
      0.7160999774932861, 0.34229761362075806, 0.34447988867759705, 0.07859204709529877,
      0.08735261112451553, 0.8644767999649048, 0.10667482763528824, 0.17583708465099335,
      0.6015049815177917, 0.39563924074172974, 0.5859969258308411, 0.6488983631134033,
      0.8212101459503174, 0.3554476201534271,
    ]
    let anchors: [Float] = [
      0.7597302198410034, 0.896705687046051, 0.3437266945838928, 0.38461634516716003,
      0.6380731463432312, 0.1661432981491089, 0.2555343508720398, 0.22977657616138458,
      0.6339385509490967, 0.5296818017959595, 0.4271530210971832, 0.44518235325813293,
      0.6687900424003601, 0.30287089943885803, 0.2505296766757965, 0.38913607597351074,
      0.6938304305076599, 0.1412486732006073, 0.4363631308078766, 0.3227592408657074,
      0.13597197830677032, 0.4860701262950897, 0.4721776843070984, 0.19385744631290436,
    ]
    let found = try outputs(
      of: DetectionPostProcess.self, Self.options(classesPerDetection: 2, regular: false),
      [
        try operand(.float32, [1, 6, 4], encodings), try operand(.float32, [1, 6, 3], scores),
        try operand(.float32, [6, 4], anchors),
      ])
    #expect(found.map(\.shape) == [[1, 8, 4], [1, 8], [1, 8], [1]])
    let boxes: [[Float]] = [
      [-0.028856754302978516, 0.4113786518573761, 0.4036240577697754, 0.628353476524353],
      [0.5187019109725952, 0.019200608134269714, 0.7420617341995239, 0.25839757919311523],
      [0.6018775701522827, 0.6800729036331177, 0.8425230979919434, 1.1594829559326172],
      [0.5153297185897827, -0.07934737205505371, 0.8079460859298706, 0.3031342923641205],
    ]
    // Each box stands once for each of its two classes.
    #expect(found[0].bytes.values(as: Float.self) == boxes.flatMap { $0 + $0 })
    #expect(found[1].bytes.values(as: Float.self) == [0, 1, 0, 1, 1, 0, 1, 0])
    #expect(
      found[2].bytes.values(as: Float.self) == [
        0.8212101459503174, 0.3554476201534271, 0.7160999774932861, 0.34229761362075806,
        0.6394057869911194, 0.027499651536345482, 0.5859969258308411, 0.39563924074172974,
      ])
    #expect(found[3].bytes.values(as: Float.self) == [4])
  }

  @Test func findsNothingInBoxesOfNegativeSize() throws {
    let encodings = try operand(.float32, [1, 1, 4], [0, 0, 0, 0] as [Float])
    let scores = try operand(.float32, [1, 1, 2], [1, 1] as [Float])
    let anchors = try operand(.float32, [1, 4], [0.5, 0.5, -1, 1] as [Float])
    let found = try outputs(
      of: DetectionPostProcess.self, Self.options(classesPerDetection: 1, regular: true),
      [encodings, scores, anchors])
    #expect(found[3].bytes.values(as: Float.self) == [0])
  }

  @Test func survivesNumbersThatAreNone() throws {
    let wild: [Float] = [.nan, .infinity, -.infinity, 0, .greatestFiniteMagnitude]
    for regular in [false, true] {
      let encodings = try operand(.float32, [1, 5, 4], (0..<20).map { wild[$0 * 7 % 5] })
      let scores = try operand(.float32, [1, 5, 3], (0..<15).map { wild[$0 * 3 % 5] })
      let anchors = try operand(.float32, [5, 4], (0..<20).map { wild[$0 % 5] })
      _ = try outputs(
        of: DetectionPostProcess.self, Self.options(classesPerDetection: 2, regular: regular),
        [encodings, scores, anchors])
    }
  }

  @Test func refusesSizesThatOverflow() throws {
    let none = try operand(.float32, [1, 0, 4], [] as [Float])
    var options = Self.options(classesPerDetection: .max, regular: false, maximumDetections: .max)
    #expect(throws: OctetError.self) {
      try outputs(of: DetectionPostProcess.self, options, [none, none, none])
    }
    options = Self.options(classesPerDetection: 1, regular: false)
    options.classCount = 0
    #expect(throws: OctetError.self) {
      try outputs(of: DetectionPostProcess.self, options, [none, none, none])
    }
  }

  @Test func keepsAttributesThatItDoesNotKnow() throws {
    var options = Self.options(classesPerDetection: 1, regular: true)
    options.otherAttributes = ["_output_quantized": .boolean(true)]
    #expect(
      try DetectionPostProcess.decode(DetectionPostProcess.encode(options)) == options)
  }
}
