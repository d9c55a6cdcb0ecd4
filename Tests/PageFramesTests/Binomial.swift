import Glibc

/// Exact tails of the binomial distribution, for tests that must tell chance from error.
enum Binomial {
  /// P(X <= k) or P(X >= k), whichever is smaller, for X ~ Binomial(n, p), to about 1e-9 of its value:
  /// the sum of all terms from k outwards until they no longer count.
  static func tail(_ k: Int, n: Int, p: Double) -> Double {
    guard p > 0, p < 1 else { return k == (p > 0 ? n : 0) ? 1 : 0 }
    let lower = Double(k) <= Double(n) * p
    var term = exp(logTerm(k, n, p))
    var sum = 0.0
    var i = k
    while i >= 0, i <= n, term > sum * 1e-12 {
      sum += term
      if lower {
        term *= Double(i) / Double(n - i + 1) * (1 - p) / p
        i -= 1
      } else {
        term *= Double(n - i) / Double(i + 1) * p / (1 - p)
        i += 1
      }
    }
    return min(1, sum)
  }

  private static func logTerm(_ k: Int, _ n: Int, _ p: Double) -> Double {
    lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
      + Double(k) * log(p) + Double(n - k) * log1p(-p)
  }
}
