using System.Net;
using Signalbox.Delivery.Policies;
using Signalbox.Delivery.Reading;

namespace Signalbox.Delivery;

/// <summary>
/// What signalbox.yaml may not say, a release made over the API may not say either: names go into file names and
/// ledger streams, numbers into the machine and the judge.
/// </summary>
public static class ReleaseRules
{
    private const int MostGateProblems = 20, MostServices = 100, MostEnvironments = 20, MostSteps = 100, MostInstances = 1000;
    /// <summary>A third of it is how often a control plane says that it lives, and its turns are up to 200 ms apart.</summary>
    public static readonly TimeSpan LeastLossOfContact = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_longest = TimeSpan.FromDays(30);

    /// <returns>Everything that is wrong, each with its place, what was seen and what was expected; empty where nothing is.</returns>
    public static IReadOnlyList<string> Check(string application, IReadOnlyList<EnvironmentConfiguration> environments)
    {
        var found = new List<string>();
        Name(found, "application", application);
        if (environments.Count is 0 or > MostEnvironments) found.Add($"environments has {environments.Count} entries; expected 1 to {MostEnvironments}");
        foreach (var environment in environments.Take(MostEnvironments)) Environment(found, environment);
        Unique(found, "environments", environments.Select(environment => environment?.Name));
        Listens(found, environments);
        return found;
    }

    private static void Environment(List<string> found, EnvironmentConfiguration? environment)
    {
        if (environment is not { Services: { } services, Strategy: { Steps: not null, Analysis: not null } strategy })
        {
            found.Add("an environment has no services, strategy, steps or analysis; expected all of them");
            return;
        }
        var at = Name(found, "environment", environment.Name);
        if (environment.Target != DeliveryDefaults.LocalTarget) found.Add($"{at}.target is '{Shown(environment.Target)}'; expected {DeliveryDefaults.LocalTarget}");
        if (services.Count is 0 or > MostServices) found.Add($"{at}.services has {services.Count} entries; expected 1 to {MostServices}");
        Unique(found, $"{at}.services", services.Select(service => service?.Name));
        foreach (var service in services.Take(MostServices)) Service(found, at, service);
        Strategy(found, $"{at}.strategy", strategy);
        if (strategy.BlueGreen is { } blueGreen) BlueGreen(found, $"{at}.strategy.blueGreen", blueGreen, services);
        if (strategy.Kind != StrategyKind.Recreate && services.FirstOrDefault(service => service?.Data == DataMode.Exclusive) is { } exclusive)
            found.Add($"{at}.strategy is {strategy.Kind}; expected Recreate, for the data of '{Shown(exclusive.Name)}' is exclusive");
        Hook(found, $"{at}.preHook", environment.PreHook);
        Hook(found, $"{at}.postHook", environment.PostHook);
        found.AddRange(GateRuleCheck.Of(at, environment.Gates).Take(MostGateProblems));
    }

    private static void Strategy(List<string> found, string at, Strategy strategy)
    {
        if (!Enum.IsDefined(strategy.Kind)) found.Add($"{at}.kind is {strategy.Kind}; expected Canary, Rolling, BlueGreen or Recreate");
        if ((strategy.Kind == StrategyKind.Rolling) != strategy.Rolling is not null) found.Add($"{at}.rolling is {(strategy.Rolling is null ? "missing" : "there")}; expected one for Rolling and for no other");
        if ((strategy.Kind == StrategyKind.BlueGreen) != strategy.BlueGreen is not null) found.Add($"{at}.blueGreen is {(strategy.BlueGreen is null ? "missing" : "there")}; expected one for BlueGreen and for no other");
        if (strategy.Rolling is { } pace) Pace(found, $"{at}.rolling", pace);
        if (strategy.Steps.Count > MostSteps || (strategy.Steps.Count == 0 && strategy.Kind == StrategyKind.Canary))
            found.Add($"{at}.steps has {strategy.Steps.Count} entries; expected 1 to {MostSteps}");
        var before = Weight.Zero;
        foreach (var step in strategy.Steps.Take(MostSteps))
        {
            if (step is null || step.Weight <= before) found.Add($"{at}.steps has {step?.Weight.ToString() ?? "null"} after {before}; expected weights that rise from above 0%");
            Duration(found, $"{at}.steps.for", step?.For ?? TimeSpan.Zero, zero: true);
            before = step?.Weight ?? before;
        }
        Duration(found, $"{at}.bake", strategy.Bake, zero: true);
        Duration(found, $"{at}.keepWarm", strategy.KeepWarm, zero: true);
        Duration(found, $"{at}.progressDeadline", strategy.ProgressDeadline);
        Duration(found, $"{at}.lossOfContact", strategy.LossOfContact);
        if (strategy.LossOfContact < LeastLossOfContact) found.Add($"{at}.lossOfContact is {strategy.LossOfContact}; expected at least {LeastLossOfContact}");
        if (strategy.Kind is StrategyKind.Canary or StrategyKind.BlueGreen && strategy.KeepWarm < strategy.Bake)
            found.Add($"{at}.keepWarm is {strategy.KeepWarm}; expected at least bake ({strategy.Bake})");
        Analysis(found, $"{at}.analysis", strategy.Analysis);
    }

    private static void Pace(List<string> found, string at, RollingPace pace)
    {
        if (pace.BatchInstances is null == pace.BatchShare is null) found.Add($"{at} has {(pace.BatchInstances is null ? "no batch" : "two batches")}; expected batchInstances or batchShare");
        if (pace.BatchInstances is { } batch && batch is < 1 or > MostInstances) found.Add($"{at}.batchInstances is {batch}; expected 1 to {MostInstances}");
        if (pace.BatchShare == Weight.Zero) found.Add($"{at}.batchShare is 0%; expected more");
        if (pace.Surge is < 1 or > MostInstances) found.Add($"{at}.surge is {pace.Surge}; expected 1 to {MostInstances}");
        Duration(found, $"{at}.pause", pace.Pause, zero: true);
    }

    private static void BlueGreen(List<string> found, string at, BlueGreenSwitch blueGreen, IReadOnlyList<ServiceConfiguration> services)
    {
        foreach (var (name, listen) in blueGreen.Preview ?? new Dictionary<string, ListenAddress>())
        {
            if (!services.Any(service => service?.Name == name && service.Kind == ServiceKind.Web)) found.Add($"{at}.preview has '{Shown(name)}'; expected the name of a web service");
            Listen(found, $"{at}.preview", listen);
        }
        if (blueGreen.Preview is null) found.Add($"{at}.preview is missing; expected addresses by service, or none");
        if (blueGreen.Check is { Reversible: false }) found.Add($"{at}.check is irreversible; expected one that changes nothing");
        Hook(found, $"{at}.check", blueGreen.Check);
        Duration(found, $"{at}.pause", blueGreen.Pause, zero: true);
    }

    private static void Schedule(List<string> found, string at, ServiceConfiguration service)
    {
        if ((service.Kind == ServiceKind.Cron) != service.Schedule is not null) found.Add($"{at}.schedule is {(service.Schedule is null ? "missing" : "there")}; expected one for a cron and for no other");
        else if (service.Schedule?.Problem() is { } problem) found.Add($"{at}.schedule {Shown(problem)}");
        if (service.Kind == ServiceKind.Cron && service.Instances != 1) found.Add($"{at}.instances is {service.Instances}; expected 1 for a cron");
    }

    private static void Listen(List<string> found, string at, ListenAddress? listen)
    {
        if (listen is null || listen.Port is < 1 or > 65535 || !IPAddress.TryParse(listen.Address, out _))
            found.Add($"{at} is '{Shown(listen?.Address)}' port {listen?.Port}; expected an IP address and a port from 1 to 65535");
    }

    private static void Analysis(List<string> found, string at, AnalysisOptions analysis)
    {
        Number(found, $"{at}.alpha", analysis.Alpha, 0, 0.5);
        Number(found, $"{at}.toleratedRatio", analysis.ToleratedRatio, 0.99, 100);
        Number(found, $"{at}.margin", analysis.Margin, Math.Max(1, analysis.ToleratedRatio), 1000);
        Number(found, $"{at}.beta", analysis.Beta, 0, 0.5);
        Number(found, $"{at}.limit", analysis.Limit, 0, 1);
        Duration(found, $"{at}.ageLimit", analysis.AgeLimit);
        Duration(found, $"{at}.maxStepTime", analysis.MaxStepTime);
        Duration(found, $"{at}.warmUp", analysis.WarmUp, zero: true);
        if (!Enum.IsDefined(analysis.OnUndecided)) found.Add($"{at}.onUndecided is {analysis.OnUndecided}; expected Hold, Advance or Abort");
    }

    private static void Service(List<string> found, string environment, ServiceConfiguration? service)
    {
        if (service is not { Command: { } command, Environment: { } variables, Health: { } health, Objective: { } objective })
        {
            found.Add($"a service of {environment} has no command, environment, health or objective; expected all of them");
            return;
        }
        var at = $"{environment}.{Name(found, $"{environment}.service", service.Name)}";
        var isWeb = service.Kind == ServiceKind.Web;
        if (!Enum.IsDefined(service.Kind)) found.Add($"{at}.kind is {service.Kind}; expected Web, Worker or Cron");
        if (!Enum.IsDefined(service.Data)) found.Add($"{at}.data is {service.Data}; expected Shared or Exclusive");
        Command(found, $"{at}.command", command);
        Variables(found, $"{at}.environment", variables);
        Health(found, $"{at}.health", health, isWeb);
        if (isWeb != service.Listen is not null) found.Add($"{at}.listen is {(isWeb ? "missing" : "there")}; expected one for a web service and for no other");
        if (service.Listen is { } listen) Listen(found, $"{at}.listen", listen);
        Schedule(found, at, service);
        if (service.Instances is < 1 or > MostInstances) found.Add($"{at}.instances is {service.Instances}; expected 1 to {MostInstances}");
        if (service.Sticky is { } sticky && (!isWeb || !IsOneKey(sticky))) found.Add($"{at}.sticky is not one cookie name, header name or clientAddress of a web service");
        if (objective.Availability is { } availability) Number(found, $"{at}.objective.availability", availability, 0, 1);
        if (objective.LatencyP99 is { } p99) Duration(found, $"{at}.objective.latencyP99", p99);
        Duration(found, $"{at}.stopGrace", service.StopGrace, zero: true);
        Duration(found, $"{at}.drainTimeout", service.DrainTimeout, zero: true);
    }

    private static void Health(List<string> found, string at, HealthCheck health, bool isWeb)
    {
        var probes = (health.Http is null ? 0 : 1) + (health.Tcp ? 1 : 0) + (health.Command is null ? 0 : 1);
        if (isWeb ? probes != 1 : probes > 1 || health.Http is not null || health.Tcp)
            found.Add($"{at} has {probes} probes; expected {(isWeb ? "exactly one of http, tcp, command" : "command or none")}");
        if (health.Http is { } path && !HealthReader.IsPath(path)) found.Add($"{at}.http is '{Shown(path)}'; expected a path that begins with /");
        if (health.Command is { } command) Command(found, $"{at}.command", command);
        Duration(found, $"{at}.interval", health.Interval);
        Duration(found, $"{at}.timeout", health.Timeout);
        Duration(found, $"{at}.startWithin", health.StartWithin);
        Duration(found, $"{at}.restartAfter", health.RestartAfter);
        if (health.UnhealthyAfter is < 1 or > 1000) found.Add($"{at}.unhealthyAfter is {health.UnhealthyAfter}; expected 1 to 1000");
    }

    private static void Hook(List<string> found, string at, Hook? hook)
    {
        if (hook is null) return;
        Command(found, $"{at}.command", hook.Command ?? []);
        Duration(found, $"{at}.timeout", hook.Timeout);
    }

    private static void Command(List<string> found, string at, IReadOnlyList<string> words)
    {
        if (words.Count == 0 || string.IsNullOrEmpty(words[0]) || words.Any(word => word is null || word.Contains('\0')))
            found.Add($"{at} is empty or holds a NUL; expected a program and its arguments");
    }

    private static void Variables(List<string> found, string at, IReadOnlyDictionary<string, string> variables)
    {
        foreach (var (name, value) in variables)
            if (name == "PORT" || !ServiceReader.IsVariable(name) || value is null || value.Contains('\0'))
                found.Add($"{at} has '{Shown(name)}'; expected names of letters, digits and underscores other than PORT, and text");
    }

    private static bool IsOneKey(StickyKey sticky) =>
        (sticky.Cookie is null ? 0 : 1) + (sticky.Header is null ? 0 : 1) + (sticky.ClientAddress ? 1 : 0) == 1
        && (sticky.Cookie ?? sticky.Header) is var name && (name is null || ServiceReader.IsToken(name));

    private static void Listens(List<string> found, IReadOnlyList<EnvironmentConfiguration> environments)
    {
        var taken = new List<ListenAddress>();
        var services = environments.SelectMany(environment => environment?.Services ?? []).Select(service => service?.Listen);
        var previews = environments.SelectMany(environment => environment?.Strategy?.BlueGreen?.Preview?.Values ?? []);
        foreach (var listen in services.Concat(previews).OfType<ListenAddress>())
        {
            if (taken.Exists(other => FileRules.Collides(other, listen))) found.Add($"two services or previews listen on '{Shown(listen.ToString())}'; expected an address for each");
            taken.Add(listen);
        }
    }

    private static string Name(List<string> found, string what, string? name)
    {
        if (name is not null && DnsName.IsValid(name)) return name;
        found.Add($"{what} is named '{Shown(name)}'; expected {DnsName.Expected}");
        return what;
    }

    private static void Unique(List<string> found, string at, IEnumerable<string?> names)
    {
        foreach (var twice in names.GroupBy(name => name).Where(group => group.Count() > 1))
            found.Add($"{at} has '{Shown(twice.Key)}' twice; expected different names");
    }

    private static void Number(List<string> found, string at, double number, double above, double below)
    {
        if (!(number > above && number < below)) found.Add(FormattableString.Invariant($"{at} is {number}; expected a number between {above} and {below}"));
    }

    private static void Duration(List<string> found, string at, TimeSpan time, bool zero = false)
    {
        if (time < TimeSpan.Zero || time > s_longest || (time == TimeSpan.Zero && !zero)) found.Add($"{at} is {time}; expected {(zero ? "0" : "more than 0")} to {s_longest.Days} days");
    }

    /// <summary>What came from outside goes into an answer and onto a terminal: short, and without control characters.</summary>
    public static string Shown(string? text) => text is null ? "" : string.Concat(text.Take(64).Select(c => char.IsControl(c) ? ' ' : c));
}
