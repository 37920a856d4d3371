import OctetCore
import OctetImages
import OctetNumPy

extension ModelInput {
  /// Reads an array or a picture, as the file's name ends, and fits it to an input.
  ///
  /// - Throws: as the readers and the initializers from an array and a picture.
  package init(
    readingFileOf argument: InputArgument, for input: InputDescription, scaling: PixelScaling?
  ) throws(OctetError) {
    let path = argument.path
    do throws(OctetError) {
      if let array = argument.array {
        try self.init(NumPyArchive(contentsOfFile: path).array(named: array), for: input)
      } else if path.lowercased().hasSuffix(".npy") {
        try self.init(NumPyArray(contentsOfFile: path), for: input)
      } else {
        try self.init(Image(contentsOfFile: path), for: input, scaling: scaling)
      }
    } catch {
      throw error.path.first == path ? error : error.within(path)
    }
  }
}
