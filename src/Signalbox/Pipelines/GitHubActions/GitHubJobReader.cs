using System.Collections.Immutable;
using System.Globalization;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions;

/// <summary>Reads <c>jobs</c>.</summary>
internal sealed class GitHubJobReader(Pipeline pipeline, string? shell)
{
    public ImmutableArray<Job> ReadAll(YamlNode? jobs) =>
        [.. jobs.Entries().Where(e => e.Value is YamlMapping).Select(e => Read(e, (YamlMapping)e.Value))];

    private Job Read(YamlEntry entry, YamlMapping node)
    {
        var kinds = pipeline.Triggers.Aggregate(TriggerKinds.None, (all, t) => all | t.Kind);
        var runner = Runner(node.Get("runs-on"));
        return new()
        {
            Id = entry.Key.Value,
            Range = entry.Key.Range,
            Body = entry.Range,
            Node = node,
            Name = node.Text("name"),
            Needs = [.. node.Get("needs").ItemsOrSelf().OfType<YamlScalar>().Select(n => new Need(n.Value, n.Range))],
            Condition = ReadCondition(node.Get("if")),
            Triggers = kinds,
            Runner = runner,
            SelfHosted = IsSelfHosted(runner),
            Permissions = PermissionReader.Read(node.Entry("permissions")),
            Environment = ReadEnvironment(node.Entry("environment")),
            Variables = Variables(node.Get("env")),
            Concurrency = ReadConcurrency(node.Entry("concurrency")),
            Container = Image(node.Entry("container")),
            Services = [.. node.Get("services").Entries().Select(e => Image(e)).OfType<ContainerImage>()],
            Steps = node.Get("steps") is YamlSequence steps ? new StepReader(pipeline.Text, node.Get("defaults", "run").Text("shell") ?? shell ?? DefaultShell(runner)).ReadAll(steps) : [],
            Calls = StepReader.Used(node.Get("uses")),
            Matrix = node.Get("strategy").Entry("matrix") is { } matrix ? new(Axes(matrix.Value), matrix.Range, matrix.Value) : null,
            Timeout = Minutes(node.Text("timeout-minutes")),
            FailureIgnored = Lenient(node.Entry("continue-on-error")),
        };
    }

    internal static Condition? ReadCondition(YamlNode? node)
    {
        if (node is not YamlScalar { IsNull: false } scalar) return null;
        var text = scalar.Value.Trim();
        if (text.StartsWith("${{", StringComparison.Ordinal) && text.EndsWith("}}", StringComparison.Ordinal) && text.IndexOf("}}", StringComparison.Ordinal) == text.Length - 2) text = text[3..^2].Trim();
        var after = text.Contains("always()", StringComparison.OrdinalIgnoreCase) || text.Contains("failure()", StringComparison.OrdinalIgnoreCase) || text.Contains("cancelled()", StringComparison.OrdinalIgnoreCase);
        return new(text, scalar.Range, after, scalar);
    }

    internal static ImmutableArray<Variable> Variables(YamlNode? node) =>
        [.. node.Entries().Select(e => new Variable(e.Key.Value, e.Value.Text(), e.Range, e.Value))];

    internal static Leniency? Lenient(YamlEntry? entry) => entry?.Value switch
    {
        YamlScalar { AsBoolean: true } => new(true, entry.Range),
        YamlScalar { AsBoolean: null, IsNull: false } => new(false, entry.Range),
        _ => null,
    };

    internal static Concurrency? ReadConcurrency(YamlEntry? entry) => entry?.Value switch
    {
        YamlScalar scalar when scalar.Text() is { } group => new(group, false, entry.Range, scalar),
        YamlMapping map => new(map.Text("group"), Cancels(map.Get("cancel-in-progress")), entry.Range, map),
        _ => null,
    };

    private static bool? Cancels(YamlNode? node) => node is null ? false : node.Boolean();

    internal static TimeSpan? Minutes(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 0 and < 1e6 ? TimeSpan.FromMinutes(minutes) : null;

    private static IReadOnlyList<RunnerLabel> Runner(YamlNode? node) => node switch
    {
        YamlMapping group => [.. Runner(group.Get("group")), .. Runner(group.Get("labels"))],
        _ => [.. node.ItemsOrSelf().OfType<YamlScalar>().Where(s => !s.IsNull).Select(s => new RunnerLabel(s.Value, s.Range))],
    };

    private static bool? IsSelfHosted(IReadOnlyList<RunnerLabel> runner)
    {
        if (runner.Any(l => l.Name.Equals("self-hosted", StringComparison.OrdinalIgnoreCase))) return true;
        return runner.Count == 0 || runner.Any(l => l.Name.Contains("${{", StringComparison.Ordinal)) ? null : false;
    }

    private static string? DefaultShell(IReadOnlyList<RunnerLabel> runner) =>
        runner.Any(l => l.Name.Contains("${{", StringComparison.Ordinal)) ? null
            : runner.Any(l => l.Name.StartsWith("windows", StringComparison.OrdinalIgnoreCase)) ? "pwsh" : "bash";

    private static DeploymentEnvironment? ReadEnvironment(YamlEntry? entry) => entry?.Value switch
    {
        YamlScalar scalar when scalar.Text() is { } name => new(name, entry.Range, scalar),
        YamlMapping map => new(map.Text("name"), entry.Range, map),
        _ => null,
    };

    private static ContainerImage? Image(YamlEntry? entry) => entry?.Value switch
    {
        YamlScalar scalar when scalar.Text() is { } image => new(WithoutScheme(image), scalar.Range, null, scalar),
        YamlMapping map => new(WithoutScheme(map.Text("image")), map.Get("image")?.Range ?? entry.Key.Range, map.Get("credentials", "password") as YamlScalar, map),
        _ => null,
    };

    private static string? WithoutScheme(string? image) => image?.StartsWith(UsedCode.ImageScheme, StringComparison.Ordinal) == true ? image[UsedCode.ImageScheme.Length..] : image;

    private static IReadOnlyList<string> Axes(YamlNode matrix) =>
        [.. matrix.Entries().Select(e => e.Key.Value).Where(k => k is not ("include" or "exclude"))];
}
