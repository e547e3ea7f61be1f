using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>The rules that look at more than one place of a file.</summary>
internal static class FileRules
{
    public static IReadOnlyList<ReadApplication> Apply(FileContext file, IReadOnlyList<ReadApplication> applications)
    {
        Unique(file, "application", applications.Select(a => (a.Value.Name, a.Name)));
        foreach (var application in applications)
            Unique(file, "environment", application.Environments.Select(e => (e.Value.Name, e.Name)));
        Ports(file, applications);
        return [.. applications.Select(a => Exclusive(file, a))];
    }

    private static void Unique(FileContext file, string what, IEnumerable<(string Name, YamlSpan At)> named)
    {
        var seen = new Dictionary<string, YamlSpan>(StringComparer.Ordinal);
        foreach (var (name, at) in named)
            if (!seen.TryAdd(name, at))
                file.Error(DeliveryIds.DuplicateName, $"two {what}s are named '{YamlQuote.Short(name)}'; expected different names", at,
                    $"{(what == "environment" ? "- name" : what)}: {YamlQuote.Short(name)}-2", "give it another name", seen[name]);
    }

    private static void Ports(FileContext file, IReadOnlyList<ReadApplication> applications)
    {
        var taken = new Dictionary<int, List<(ListenAddress Listen, YamlSpan At)>>();
        var web =
            from application in applications
            from environment in application.Environments
            from service in environment.Services
            where service.Value.Kind == ServiceKind.Web
            select (Environment: environment.Value.Name, Service: service);
        foreach (var (environment, service) in web)
        {
            if (service.Value.Listen is { } listen) Take(file, taken, $"'{service.Value.Name}' in {environment}", "port", listen, service.Port, $"give it a port of its own, in {environment} or in the service");
            else NoPort(file, service);
        }
        foreach (var environment in applications.SelectMany(a => a.Environments))
            foreach (var (service, at) in environment.Previews)
                Take(file, taken, $"the preview of '{service}' in {environment.Value.Name}", "preview", environment.Value.Strategy.BlueGreen!.Preview[service], at, "give it a port of its own");
    }

    private static void Take(
        FileContext file, Dictionary<int, List<(ListenAddress Listen, YamlSpan At)>> taken, string who, string key, ListenAddress listen, YamlSpan at, string annotation)
    {
        if (!taken.TryGetValue(listen.Port, out var same)) taken[listen.Port] = same = [];
        var other = same.FirstOrDefault(t => Collides(t.Listen, listen));
        if (other.Listen is null) same.Add((listen, at));
        else
            file.Error(DeliveryIds.PortConflict, $"{who} listens on {listen}, which is taken; expected an address of its own", at, $"{key}: {Free(listen.Port, taken.ContainsKey)}",
                annotation, at == other.At ? null : other.At);
    }

    // a port that was written but cannot be read has its finding already
    private static void NoPort(FileContext file, ReadService service)
    {
        if (service.Port != service.At && file.Findings.Any(f => f.Locations[0].Line == service.Port.Line && f.Locations[0].Column == service.Port.Column)) return;
        file.Error(DeliveryIds.MissingKey, $"web service '{service.Value.Name}' has no port; expected 'port'", service.At, "port: 8080",
            "expected 'port' here: where the proxy takes its requests");
    }

    internal static bool Collides(ListenAddress a, ListenAddress b) =>
        a.Port == b.Port && (a.Address == b.Address || IsAny(a) || IsAny(b));

    private static bool IsAny(ListenAddress listen) => listen.Address is "0.0.0.0" or "::";

    private static int Free(int port, Func<int, bool> taken)
    {
        for (var tries = 0; tries < 1000; tries++)
        {
            port = port == ushort.MaxValue ? 1024 : port + 1;
            if (!taken(port)) break;
        }
        return port;
    }

    /// <summary>Exclusive data forces recreate: where no strategy is written it is taken, where another is written it is refused.</summary>
    private static ReadApplication Exclusive(FileContext file, ReadApplication application)
    {
        var environments = application.Environments.Select(e => Exclusive(file, e)).ToList();
        return application with
        {
            Environments = environments,
            Value = application.Value with { Environments = [.. environments.Select(e => e.Value)] },
        };
    }

    private static ReadEnvironment Exclusive(FileContext file, ReadEnvironment environment)
    {
        var exclusive = environment.Services.FirstOrDefault(s => s.Value.Data == DataMode.Exclusive);
        if (exclusive is null || environment.Value.Strategy.Kind == StrategyKind.Recreate) return environment;
        if (environment.Strategy is { } written)
            file.Error(DeliveryIds.ExclusiveNeedsRecreate,
                $"exclusive data of '{exclusive.Value.Name}' forces recreate in {environment.Value.Name}: two versions may not have it open at once",
                written, "strategy: recreate", "expected recreate", exclusive.Data);
        var recreate = DeliveryDefaults.Recreate with { Analysis = environment.Value.Strategy.Analysis };
        return environment with { Value = environment.Value with { Strategy = recreate } };
    }
}
