using Signalbox.Delivery.Policies;
using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Reads one environment over the services of its application.</summary>
internal static class EnvironmentReader
{
    private static readonly string[] LaterTargets = ["container", "kubernetes", "argo-rollouts", "flagger"];

    /// <param name="single">Whether the application is one service, which the environment may override directly.</param>
    public static ReadEnvironment Read(Section section, IReadOnlyList<ReadService> services, bool single)
    {
        var name = DnsName.Read(section, "name");
        var own = Services(section, services, single);
        var configured = own.Select(s => s.Value).ToList();
        var strategy = StrategyReader.Read(section, configured);
        var hooks = section.Open("hooks", Shapes.Hooks);
        var value = new EnvironmentConfiguration(name, Target(section), strategy, configured, Hook(hooks, "pre"), Hook(hooks, "post"), Gates(section));
        return new(value, section.Node("name")?.Span ?? section.Span, section.Node("strategy")?.Span, own, BlueGreenReader.Places(section, strategy));
    }

    /// <summary>What an application without <c>environments</c> has: production on this machine, by canary.</summary>
    public static ReadEnvironment Default(YamlSpan at, IReadOnlyList<ReadService> services)
    {
        var configured = services.Select(s => s.Value).ToList();
        var value = new EnvironmentConfiguration(DeliveryDefaults.Environment, DeliveryDefaults.LocalTarget, new StrategyDefaults(configured).Canary, configured);
        return new(value, at, null, services, new Dictionary<string, YamlSpan>());
    }

    private static IReadOnlyList<ReadService> Services(Section section, IReadOnlyList<ReadService> services, bool single)
    {
        var direct = Shapes.Override.Keys.Select(k => k.Key).Where(section.Has).ToList();
        if (single) services = [.. services.Select(s => ServiceReader.Override(s, section))];
        else foreach (var key in direct) Ambiguous(section, key, services);
        return section.Node("services") is { } node ? Named(section, node, services) : services;
    }

    private static void Ambiguous(Section section, string key, IReadOnlyList<ReadService> services) => section.File.Error(
        DeliveryIds.ConflictingKeys, $"'{key}' does not say which of the services it is for", section.KeySpan(key),
        $"services: {{ {(services.Count > 0 ? services[0].Value.Name : "web")}: {{ {Shapes.Override.Line(key)} }} }}", "expected it under services: NAME");

    private static IReadOnlyList<ReadService> Named(Section section, YamlNode node, IReadOnlyList<ReadService> services)
    {
        if (node is not YamlMapping map)
        {
            section.File.WrongType(node, "services", "a mapping of service names", section.Shape.Line("services"));
            return services;
        }
        var own = services.ToList();
        foreach (var (name, value) in map.Entries)
        {
            var index = own.FindIndex(s => s.Value.Name == name.Value);
            if (index < 0) UnknownService(section, name, own);
            else if (Section.Open(section.File, Shapes.Override, value, name.Value, section.Shape.Line("services")) is { } more)
                own[index] = ServiceReader.Override(own[index], more);
        }
        return own;
    }

    private static void UnknownService(Section section, YamlScalar name, IReadOnlyList<ReadService> services)
    {
        var names = services.Select(s => s.Value.Name).ToList();
        var meant = Spelling.Nearest(name.Value, names) ?? names.FirstOrDefault() ?? DeliveryDefaults.SingleService;
        section.File.Error(DeliveryIds.UnknownKey, $"the application has no service '{YamlQuote.Short(name.Value)}'; expected one of {string.Join(", ", names)}",
            name.Span, $"{meant}:", $"expected one of {string.Join(", ", names)}");
    }

    private static string Target(Section section)
    {
        if (section.Node("target") is not { } node) return DeliveryDefaults.LocalTarget;
        var (name, span) = node switch
        {
            YamlScalar { IsNull: false } scalar => (scalar.Value, scalar.Span),
            YamlMapping { Entries: [var only, ..] } => (only.Key.Value, only.Key.Span),
            _ => ("", node.Span),
        };
        if (name == DeliveryDefaults.LocalTarget && node is YamlScalar) return name;
        if (LaterTargets.Contains(name))
            section.File.Error(DeliveryIds.NotYet, $"target '{name}' is not run by this version of signalbox yet", span, "target: local", "comes later");
        else
            section.File.Error(DeliveryIds.UnknownTarget, $"unknown target '{YamlQuote.Short(name)}'; expected local", span, "target: local", "expected local");
        return DeliveryDefaults.LocalTarget;
    }

    private static IReadOnlyList<GateRule>? Gates(Section section) =>
        section.Node("gates") is { } gates && GateRulesReader.Read(section.File, gates, ownFile: true) is { Count: > 0 } rules ? rules : null;

    private static Hook? Hook(Section? hooks, string key)
    {
        if (hooks?.Open(key, Shapes.Hook) is not { } hook) return null;
        return new(CommandReader.Read(hook, "command"), hook.Duration("timeout", DeliveryDefaults.HookTimeout), hook.Boolean("reversible", true));
    }
}
