using System.Net;
using System.Text.Json.Serialization;
using Signalbox.Delivery.Policies;

namespace Signalbox.Delivery;

public enum ServiceKind { Web, Worker, Cron }

/// <summary>Whether two versions may have a service's data open at once; exclusive forces <c>recreate</c>.</summary>
public enum DataMode { Shared, Exclusive }

/// <summary>What is delivered: services that go out and come back together, into ordered environments.</summary>
/// <param name="Owners">Role (security, kubernetes …) to whom its findings are handed.</param>
public sealed record Application(
    string Name,
    IReadOnlyList<EnvironmentConfiguration> Environments,
    IReadOnlyDictionary<string, string> Owners)
{
    /// <summary>The jobs of its pipeline, in the order of the file; null where it has none.</summary>
    public IReadOnlyList<PipelineJob>? Pipeline { get; init; }

    /// <summary>What makes the artifacts, before they are packed; null where they are there already.</summary>
    [JsonIgnore]
    public BuildStep? Build => Pipeline?.FirstOrDefault(job => job.Name == "build") is { } build ? BuildStep.Of(build) : null;
}

/// <summary>
/// Everything about an application in one environment with every default filled in: it is what a release
/// freezes, so that configuration goes back together with code.
/// </summary>
/// <param name="Gates">What the release demands of itself beyond its environment's policy, which this can only tighten.</param>
public sealed record EnvironmentConfiguration(
    string Name,
    string Target,
    Strategy Strategy,
    IReadOnlyList<ServiceConfiguration> Services,
    Hook? PreHook = null,
    Hook? PostHook = null,
    IReadOnlyList<GateRule>? Gates = null)
{
    /// <summary>Every command that a rollout of it runs beside its services, in the order they run.</summary>
    public IEnumerable<(string Name, Hook Hook)> Hooks()
    {
        if (PreHook is { } pre) yield return ("pre", pre);
        if (Strategy.BlueGreen?.Check is { } check) yield return ("check", check);
        if (PostHook is { } post) yield return ("post", post);
    }
}

/// <param name="ArtifactPath">The directory or archive that <c>deploy</c> packs, relative to signalbox.yaml.</param>
/// <param name="Command">Program and arguments; started in the artifact's directory with PORT in its environment.</param>
/// <param name="Environment">Variables the workload gets beside the allow-listed ones and PORT.</param>
/// <param name="Listen">Where the built-in proxy takes requests for this service; null for worker and cron.</param>
/// <param name="Instances">How many instances carry the full load.</param>
/// <param name="StopGrace">Between SIGTERM and SIGKILL.</param>
/// <param name="DrainTimeout">How long in-flight requests may go on after the switch before SIGTERM.</param>
public sealed record ServiceConfiguration(
    string Name,
    ServiceKind Kind,
    string ArtifactPath,
    IReadOnlyList<string> Command,
    IReadOnlyDictionary<string, string> Environment,
    HealthCheck Health,
    ListenAddress? Listen,
    int Instances,
    DataMode Data,
    StickyKey? Sticky,
    ServiceObjective Objective,
    TimeSpan StopGrace,
    TimeSpan DrainTimeout)
{
    // only deploy reads it: a release that was made without it has none
    public string ArtifactPath { get; init; } = ArtifactPath ?? "";

    /// <summary>When a cron service runs; null for any other.</summary>
    public CronSchedule? Schedule { get; init; }
}

/// <summary>
/// Exactly one of Http, Tcp, Command says how readiness and health are probed; none, which only worker and cron may have,
/// means healthy while the process runs.
/// </summary>
/// <param name="Http">Path that answers 200 to 399 when healthy.</param>
/// <param name="Command">Exit 0 when healthy; run in the artifact's directory.</param>
/// <param name="Interval">Between two probes of a ready instance.</param>
/// <param name="Timeout">Of one probe.</param>
/// <param name="StartWithin">From process start to first ready; past it the start has failed.</param>
/// <param name="UnhealthyAfter">Failed probes in a row that take a ready instance out of routing.</param>
/// <param name="RestartAfter">How long unhealthy before the instance is restarted.</param>
public sealed record HealthCheck(
    string? Http, bool Tcp, IReadOnlyList<string>? Command,
    TimeSpan Interval, TimeSpan Timeout, TimeSpan StartWithin, int UnhealthyAfter, TimeSpan RestartAfter);

/// <param name="Address">An IP address; 127.0.0.1 unless told otherwise.</param>
public sealed record ListenAddress(string Address, int Port)
{
    public override string ToString() => Address.Contains(':') ? $"[{Address}]:{Port}" : $"{Address}:{Port}";

    /// <summary>Whether one takes what comes to the other, too: they are the same, or one is that of every interface.</summary>
    public bool Overlaps(ListenAddress other) => Port == other.Port && (Equals(other) || IsAny || other.IsAny);

    private bool IsAny => IPAddress.TryParse(Address, out var parsed) && (parsed.Equals(IPAddress.Any) || parsed.Equals(IPAddress.IPv6Any));
}

/// <summary>Where the sticky key of a request is found; exactly one is set.</summary>
public sealed record StickyKey(string? Cookie = null, string? Header = null, bool ClientAddress = false);

/// <summary>The service level objective. Only what was written is set.</summary>
/// <param name="Availability">Share of good requests, e.g. 0.9995.</param>
/// <param name="LatencyP99">The p99 that users were promised.</param>
public sealed record ServiceObjective(double? Availability = null, TimeSpan? LatencyP99 = null);

/// <param name="Reversible">False: past this hook the machine never goes back by itself.</param>
public sealed record Hook(IReadOnlyList<string> Command, TimeSpan Timeout, bool Reversible);

public enum StrategyKind { Canary, Recreate, Rolling, BlueGreen }

/// <summary>How a release takes over.</summary>
/// <param name="Steps">Rising weights; the last may be below 100 %, which always follows.</param>
/// <param name="Bake">How long the new release is judged alone after it took over, the old one warm.</param>
/// <param name="KeepWarm">How long the old release keeps running after the take-over; at least Bake.</param>
/// <param name="ProgressDeadline">From one sign of progress to the next; past it the rollout is aborted.</param>
/// <param name="LossOfContact">How long a host goes on without the control plane before it falls to fail-safe.</param>
public sealed record Strategy(
    StrategyKind Kind,
    IReadOnlyList<CanaryStep> Steps,
    AnalysisOptions Analysis,
    TimeSpan Bake,
    TimeSpan KeepWarm,
    TimeSpan ProgressDeadline,
    TimeSpan LossOfContact)
{
    /// <summary>Of <see cref="StrategyKind.Rolling"/>; null for any other.</summary>
    public RollingPace? Rolling { get; init; }

    /// <summary>Of <see cref="StrategyKind.BlueGreen"/>; null for any other.</summary>
    public BlueGreenSwitch? BlueGreen { get; init; }
}

/// <param name="For">The least time at this weight.</param>
/// <param name="ManualPause">Wait at this weight for <c>signalbox advance</c>.</param>
public sealed record CanaryStep(Weight Weight, TimeSpan For, bool ManualPause = false);

/// <summary>How a rolling release replaces instances. Exactly one of the two batches is set; both are of the greatest service.</summary>
/// <param name="BatchInstances">How many instances move between two pauses.</param>
/// <param name="BatchShare">The same as a share, rounded up.</param>
/// <param name="Surge">How many instances of a service may run beyond its full number.</param>
/// <param name="Pause">The least time after each batch.</param>
/// <param name="ManualPause">Wait after each batch for <c>signalbox advance</c>.</param>
public sealed record RollingPace(int? BatchInstances, Weight? BatchShare, int Surge, TimeSpan Pause, bool ManualPause = false);

/// <summary>What comes between the start of a blue/green release and its switch, in this order: check, pause.</summary>
/// <param name="Preview">Service name to the address where the new release alone is seen until the switch.</param>
/// <param name="Check">Runs when the new release is ready in full; must end with 0 or it is taken back.</param>
/// <param name="Pause">The least time between ready and the switch.</param>
/// <param name="ManualPause">Wait before the switch for <c>signalbox advance</c>.</param>
public sealed record BlueGreenSwitch(
    IReadOnlyDictionary<string, ListenAddress> Preview, Hook? Check, TimeSpan Pause, bool ManualPause = false);

public enum OnUndecided { Hold, Advance, Abort }

/// <summary>The judge as the user configures it; the defaults are those of design decision 8.</summary>
/// <param name="Enabled">False: weights move on time alone.</param>
/// <param name="Alpha">Chance of taking back a healthy release, over the whole rollout.</param>
/// <param name="ToleratedRatio">ρ₀: bad rates up to this many times stable's are no evidence against the canary.</param>
/// <param name="Margin">ρ_m: to advance, evidence must exclude a bad rate this many times stable's.</param>
/// <param name="Beta">Chance of advancing a release that is worse than Margin.</param>
/// <param name="Limit">One-sample limit: a canary whose bad rate is shown to be below it may advance; also the bound while baking.</param>
/// <param name="AgeLimit">A request older than this is bad, counted once when it passes that age.</param>
/// <param name="MaxStepTime">When a step has neither advanced nor fallen by then, OnUndecided decides.</param>
/// <param name="WarmUp">Canary requests in this time after its first are not evidence (cold starts).</param>
/// <param name="Latency">Whether slow requests are evidence beside errors.</param>
public sealed record AnalysisOptions(
    bool Enabled,
    double Alpha,
    double ToleratedRatio,
    double Margin,
    double Beta,
    double Limit,
    TimeSpan AgeLimit,
    TimeSpan MaxStepTime,
    OnUndecided OnUndecided,
    TimeSpan WarmUp,
    bool Latency)
{
    /// <summary>Whether time alone ends a step or batch: then the judge only takes back. False: a Pass is waited for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AdvancesOnTime { get; init; }
}
