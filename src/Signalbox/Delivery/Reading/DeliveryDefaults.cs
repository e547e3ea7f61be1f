namespace Signalbox.Delivery.Reading;

/// <summary>Every default of signalbox.yaml with where it comes from.</summary>
internal static class DeliveryDefaults
{
    public const string SingleService = "web";
    public const string Environment = "production";
    public const string LocalTarget = "local";

    // Kubernetes probes: timeoutSeconds 1, failureThreshold 3; kamal-proxy: every 1 s, deploy timeout 30 s
    public static readonly HealthCheck Tcp = new(null, true, null,
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), 3, TimeSpan.FromSeconds(30));

    // docker stop: 10 s; kamal: drain 30 s
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan StepTime = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Bake = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan KeepWarm = TimeSpan.FromMinutes(10);

    // Argo Rollouts, Flagger and Kubernetes: progressDeadlineSeconds 600
    public static readonly TimeSpan ProgressDeadline = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan LossOfContact = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan HookTimeout = TimeSpan.FromSeconds(60);

    // twice the 15 min in which a pipeline should have given its feedback
    public static readonly TimeSpan BuildTimeout = TimeSpan.FromMinutes(30);

    // design decision 8 and its hardened rule; a limit of 1 % is shown by 300 good requests in a row
    public static readonly AnalysisOptions Analysis = new(
        Enabled: true, Alpha: 0.001, ToleratedRatio: 1.25, Margin: 2.5, Beta: 0.05, Limit: 0.01,
        AgeLimit: TimeSpan.FromSeconds(10), MaxStepTime: TimeSpan.FromMinutes(10), OnUndecided.Hold,
        WarmUp: TimeSpan.Zero, Latency: true);

    public static IReadOnlyList<CanaryStep> Steps { get; } =
        [new(Weight.Percent(10), StepTime), new(Weight.Percent(50), StepTime)];

    public static Strategy Canary { get; } =
        new(StrategyKind.Canary, Steps, Analysis, Bake, KeepWarm, ProgressDeadline, LossOfContact);

    /// <summary>The old release is stopped before the new one starts, so nothing is left to keep warm.</summary>
    public static Strategy Recreate { get; } =
        new(StrategyKind.Recreate, [], Analysis, Bake, TimeSpan.Zero, ProgressDeadline, LossOfContact);

    /// <summary>Kubernetes' rolling update with maxUnavailable 0 and maxSurge 1; the judge takes back, and waits for nothing.</summary>
    public static Strategy Rolling { get; } =
        new(StrategyKind.Rolling, [], Analysis with { AdvancesOnTime = true }, Bake, TimeSpan.Zero, ProgressDeadline, LossOfContact)
        { Rolling = new(1, null, 1, TimeSpan.Zero) };

    public static Strategy BlueGreen { get; } =
        new(StrategyKind.BlueGreen, [], Analysis, Bake, KeepWarm, ProgressDeadline, LossOfContact)
        { BlueGreen = new(new Dictionary<string, ListenAddress>(), null, TimeSpan.Zero) };

    /// <summary>
    /// The one-sample limit where none is written: ten times the error budget (below the burn rate of 14.4 at which the
    /// SRE workbook pages), between 0.1 %, which 3,000 good requests can still show, and 5 %.
    /// </summary>
    public static double LimitFor(double? availability) =>
        availability is { } share ? Math.Clamp(Math.Round(10 * (1 - share), 6), 0.001, 0.05) : Analysis.Limit;
}
