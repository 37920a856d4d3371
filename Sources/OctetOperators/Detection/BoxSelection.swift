/// A box by its corners.
struct DetectionBox: Hashable, Sendable {
  var top: Float
  var left: Float
  var bottom: Float
  var right: Float

  var area: Float { (bottom - top) * (right - left) }

  var hasNegativeExtent: Bool { top > bottom || left > right }

  /// The area that both cover, as a share of what either covers.
  func intersectionOverUnion(_ other: DetectionBox) -> Float {
    let ownArea = area
    let otherArea = other.area
    if ownArea <= 0 || otherArea <= 0 { return 0 }
    let height = max(min(bottom, other.bottom) - max(top, other.top), 0)
    let width = max(min(right, other.right) - max(left, other.left), 0)
    let intersection = height * width
    return intersection / (ownArea + otherArea - intersection)
  }
}

/// Chooses among scored boxes those that don't overlap a better one: non-maximum suppression.
///
/// Source: TFLite `NonMaxSuppressionMultiClass`.
struct BoxSelection {
  var options: DetectionOptions
  var boxes: [DetectionBox]
  /// Row by row: for each box one score for each class, the background's first where there is one.
  var scores: RealValues
  var scoreCount: Int

  /// One object, and its place in the output.
  struct Detection {
    var place: Int
    var box: DetectionBox
    var classIndex: Int
    var score: Float
  }

  private var backgroundCount: Int { scoreCount - options.classCount }

  private func score(box: Int, classIndex: Int) -> Float {
    scores[box * scoreCount + backgroundCount + classIndex]
  }

  /// Suppresses within each class, then keeps the best of all classes.
  func detectClassByClass() -> (found: [Detection], count: Int) {
    var best: [Detection] = []
    for classIndex in 0..<options.classCount {
      let classScores = boxes.indices.map { score(box: $0, classIndex: classIndex) }
      let selected = suppress(classScores, limit: options.effectiveDetectionsPerClass).map {
        Detection(place: 0, box: boxes[$0], classIndex: classIndex, score: classScores[$0])
      }
      best = Self.merge(best, selected, limit: options.maximumDetections)
    }
    for place in best.indices { best[place].place = place }
    return (best, best.count)
  }

  /// Suppresses by each box's best class, then lists the best classes of each box left.
  func detectAllClassesAtOnce() -> (found: [Detection], count: Int) {
    let classesPerBox = min(options.maximumClassesPerDetection, options.classCount)
    let bestScores = boxes.indices.map { box in
      let first = box * scoreCount + backgroundCount
      return scores.largest(first..<(first + options.classCount))
    }
    let selected = suppress(bestScores, limit: options.maximumDetections)
    var found: [Detection] = []
    for (rank, box) in selected.enumerated() {
      let row = (0..<options.classCount).map { score(box: box, classIndex: $0) }
      for (column, classIndex) in largest(classesPerBox, of: row).enumerated() {
        found.append(
          Detection(
            place: options.maximumClassesPerDetection * rank + column, box: boxes[box],
            classIndex: classIndex, score: row[classIndex]))
      }
    }
    return (found, selected.count)
  }

  /// Boxes above the threshold, best first, without those that overlap a better one too much.
  private func suppress(_ scores: [Float], limit: Int) -> [Int] {
    // Of equal scores the earlier box is the better one.
    let candidates = scores.indices.filter { scores[$0] >= options.scoreThreshold }
      .map { (score: scores[$0], box: $0) }
      .sorted { $0.score != $1.score ? $0.score > $1.score : $0.box < $1.box }
      .map(\.box)
    var isActive = [Bool](repeating: true, count: candidates.count)
    var selected: [Int] = []
    for (rank, box) in candidates.enumerated() where isActive[rank] {
      guard selected.count < limit else { break }
      selected.append(box)
      for other in (rank + 1)..<candidates.count where isActive[other] {
        let overlap = boxes[box].intersectionOverUnion(boxes[candidates[other]])
        if overlap > options.overlapThreshold { isActive[other] = false }
      }
    }
    return selected
  }

  /// Positions of the largest values, in descending order.
  private func largest(_ count: Int, of values: [Float]) -> [Int] {
    if count == 1 {
      var best = 0
      for i in values.indices where values[i] > values[best] { best = i }
      return [best]
    }
    var positions = [Int](values.indices)
    positions.partialSort(count) { values[$0] > values[$1] }
    return [Int](positions.prefix(count))
  }

  /// The best of two lists that are each in descending order; of equal scores the second list's,
  /// which is that of the later class.
  private static func merge(
    _ first: [Detection], _ second: [Detection], limit: Int
  ) -> [Detection] {
    var merged: [Detection] = []
    var left = first[...]
    var right = second[...]
    while merged.count < limit {
      switch (left.first, right.first) {
      case (let a?, let b?) where b.score >= a.score: merged.append(b); right.removeFirst()
      case (let a?, _): merged.append(a); left.removeFirst()
      case (nil, let b?): merged.append(b); right.removeFirst()
      case (nil, nil): return merged
      }
    }
    return merged
  }
}
