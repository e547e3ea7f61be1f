namespace Signalbox.Api;

/// <summary>DORA's five keys and the five principles, computed from the ledger alone.</summary>
/// <param name="Application">Null for all applications together.</param>
/// <param name="From">The window's first instant; <paramref name="To"/> is no longer in it.</param>
/// <param name="Keys">Always five, in DORA's order.</param>
/// <param name="Principles">Always five, in the brief's order.</param>
/// <param name="LedgerHead"><c>SEQUENCE:HASH</c> of the ledger that was read.</param>
public sealed record DoraView(
    string? Application, string Environment, DateTimeOffset From, DateTimeOffset To,
    IReadOnlyList<DoraKeyView> Keys, IReadOnlyList<PrincipleView> Principles, string LedgerHead);

/// <param name="Key">deploymentFrequency, changeLeadTime, changeFailureRate, failedDeploymentRecoveryTime or deploymentReworkRate.</param>
/// <param name="Unit">perDay, seconds or share (0 to 1).</param>
/// <param name="Value">Null where there is nothing to compute it from; never NaN or infinite.</param>
/// <param name="Text">The value for people.</param>
/// <param name="NumeratorIs">What the numerator counts.</param>
/// <param name="Definition">What the key means.</param>
/// <param name="How">How this number came about, with its numbers.</param>
/// <param name="Target">The brief's; null where it has none.</param>
/// <param name="Trend">Seven days each, the newest last; the oldest is shorter where the window is no whole number of weeks.</param>
public sealed record DoraKeyView(
    string Key, string Title, string Unit, double? Value, string Text, double Numerator, double Denominator,
    string NumeratorIs, string DenominatorIs, string Definition, string How, DoraTargetView? Target, IReadOnlyList<DoraBucketView> Trend);

/// <param name="Bound">In the key's unit: at least, for the frequency; below, for the others.</param>
/// <param name="Met">Null where there is no value.</param>
public sealed record DoraTargetView(string Text, double Bound, bool? Met);

public sealed record DoraBucketView(DateTimeOffset From, DateTimeOffset To, double? Value, double Numerator, double Denominator);

/// <param name="Principle">automation, security, zeroDowntime, observability or developerExperience.</param>
/// <param name="Share">Its weakest part's, 0 to 1; null where no part has anything to count.</param>
/// <param name="Target">The brief's, 0 to 1.</param>
/// <param name="Met">Whether every part that could be counted reaches its own target; null where none could.</param>
public sealed record PrincipleView(string Principle, string Title, double? Share, double Target, bool? Met, IReadOnlyList<PrinciplePartView> Parts);

/// <param name="Share">Null where the denominator is 0.</param>
/// <param name="How">What the two numbers count.</param>
public sealed record PrinciplePartView(string Name, long Numerator, long Denominator, double? Share, double Target, string How);

/// <summary>A deployment that another pipeline made.</summary>
/// <param name="Id">The sender's own; the same (source, id) is taken once.</param>
/// <param name="Source">Who says so: the pipeline's address, or its name.</param>
/// <param name="Outcome">succeeded, rolledBack or failed.</param>
/// <param name="FinishedAt">When users had it, or it was taken back.</param>
/// <param name="IsRollback">It returned to an earlier release because of a failure.</param>
public sealed record ReportDeployment(
    string Id, string Source, string Application, string Environment, string Release, DateTimeOffset FinishedAt,
    DateTimeOffset? StartedAt = null, string Outcome = "succeeded", bool IsRollback = false, string? Replaces = null,
    IReadOnlyList<ReportedChange>? Changes = null);

/// <param name="Commit">Its full id.</param>
public sealed record ReportedChange(string Commit, DateTimeOffset CommittedAt);

/// <param name="Recorded">False: it was known already, or says nothing that is counted (<paramref name="Note"/>).</param>
/// <param name="Sequence">Its place in the ledger; 0 where it is not there.</param>
public sealed record ReportTaken(bool Recorded, long Sequence, string Note);
