namespace Signalbox.Analysis;

/// <summary>Error and NoData are never Pass.</summary>
public enum Verdict { NoData, Inconclusive, Pass, Fail }

/// <summary>The judge's standing after a tick: enough to explain it and to find its ticks again.</summary>
/// <param name="Verdict">Fail: take back. Pass: evidence allows advancing. Inconclusive: neither yet.</param>
/// <param name="Tick">Ticks judged so far in this rollout.</param>
/// <param name="LogE">ln of the averaged e-value against the canary; Fail at ln(1/alpha).</param>
/// <param name="LogThreshold">ln(1/alpha) in force.</param>
/// <param name="LogPromote">ln of the e-value for non-inferiority; evidence at ln(1/beta).</param>
/// <param name="LogPromoteThreshold">ln(1/beta).</param>
/// <param name="CanaryRequests">Finished requests that counted, whole rollout.</param>
/// <param name="Dispersion">F, and <paramref name="DispersionSource"/> says where it comes from.</param>
/// <param name="TickLogDigest">Digest of the tick log up to this tick (hex); the decision can be replayed from it.</param>
/// <param name="Explanation">One sentence for people.</param>
public sealed record JudgeReport(
    Verdict Verdict,
    long Tick,
    double LogE,
    double LogThreshold,
    double LogPromote,
    double LogPromoteThreshold,
    long CanaryRequests,
    long CanaryBad,
    long StableRequests,
    long StableBad,
    double Dispersion,
    string DispersionSource,
    string? WorstMetric,
    string TickLogDigest,
    string Explanation);
