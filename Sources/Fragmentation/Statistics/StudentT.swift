/// Student's t distribution for whole degrees of freedom, from its finite series.
public enum StudentT {
  /// The t > 0 with P(|T| <= t) = confidence.
  /// - Parameter confidence: above 0 and below 1.
  /// - Parameter degreesOfFreedom: 1 or more.
  public static func quantile(confidence: Double, degreesOfFreedom: Int) -> Double {
    var low = 0.0
    var high = 1.0
    while central(high, degreesOfFreedom) < confidence, high < 1e300 { high *= 2 }
    // Halved until two neighbouring numbers are left.
    while true {
      let middle = low + (high - low) / 2
      guard low < middle, middle < high else { return high }
      if central(middle, degreesOfFreedom) < confidence { low = middle } else { high = middle }
    }
  }

  /// P(|T| <= t) (Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4), with
  /// theta = atan(t / sqrt(n)).
  public static func central(_ t: Double, _ degreesOfFreedom: Int) -> Double {
    let n = Double(degreesOfFreedom)
    let hypotenuse = (n + t * t).squareRoot()
    let sine = t / hypotenuse
    let cosine = n.squareRoot() / hypotenuse
    let isOdd = degreesOfFreedom % 2 == 1
    var term = isOdd ? cosine : 1
    var sum = degreesOfFreedom == 1 ? 0 : term
    var k = isOdd ? 3 : 2
    while k <= degreesOfFreedom - 2 {
      // Odd: 2/3, 4/5, ...; even: 1/2, 3/4, ...
      term *= cosine * cosine * Double(k - 1) / Double(k)
      sum += term
      k += 2
    }
    return isOdd ? 2 / Double.pi * (arcTangent(t / n.squareRoot()) + sine * sum) : sine * sum
  }

  /// atan of x >= 0: three halvings of the angle, then the Taylor series; relative error below 1e-15.
  static func arcTangent(_ x: Double) -> Double {
    guard x <= 1 else { return Double.pi / 2 - arcTangent(1 / x) }
    var x = x
    for _ in 0..<3 { x /= 1 + (1 + x * x).squareRoot() }
    var power = x
    var sum = x
    for k in 1...12 {
      power *= -x * x
      sum += power / Double(2 * k + 1)
    }
    return 8 * sum
  }
}
