using System.Collections.Immutable;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines;

/// <summary>Reads stages and jobs; a file of steps alone is one job.</summary>
/// <param name="partial">Whether another file may declare what this one names.</param>
internal sealed class AzureJobReader(YamlText text, YamlMapping root, TriggerKinds kinds, List<Inclusion> inclusions, bool partial)
{
    private readonly AzureStepReader _steps = new(text, root, inclusions);

    public ImmutableArray<Job> ReadAll(YamlMapping body)
    {
        var stages = AzureList.Of(body.Get("stages"));
        if (stages.Count == 0) return Jobs(body, null, [], []);
        var byStage = new Dictionary<string, ImmutableArray<Job>>(StringComparer.OrdinalIgnoreCase);
        var all = new List<Job>();
        string? previous = null;
        foreach (var stage in stages)
        {
            if (Included(stage.Node)) continue;
            var name = stage.Node.Text("stage") ?? "";
            var before = stage.Node.Get("dependsOn") is { } on ? on.ItemsOrSelf().Select(n => n.Text() ?? "") : previous is null ? [] : [previous];
            var needs = before.SelectMany(b => byStage.TryGetValue(b, out var earlier) ? earlier : []).Select(j => new Need(j.Id, j.Range)).Take(200).ToList();
            var jobs = Jobs(stage.Node, name, needs, stage.Conditions);
            if (name.Length > 0) byStage[name] = jobs;
            previous = name;
            all.AddRange(jobs);
        }
        return [.. all];
    }

    private bool Included(YamlMapping node)
    {
        if (node.Get("template") is not YamlScalar template) return false;
        inclusions.Add(AzureInclusion.Of(template, root));
        return true;
    }

    private ImmutableArray<Job> Jobs(YamlMapping owner, string? stage, IReadOnlyList<Need> needs, IReadOnlyList<string> conditions)
    {
        if (owner.Get("steps") is YamlSequence && owner.Get("jobs") is null)
            return [Read(owner, owner.Find("steps")!.Key, stage, needs, owner, conditions, "Job")];
        return
        [
            .. AzureList.Of(owner.Get("jobs")).Where(j => !Included(j.Node))
                .Select(j => Read(j.Node, (j.Node.Entry("deployment") ?? j.Node.Entry("job"))?.Key, stage, needs, owner, [.. conditions, .. j.Conditions], null)),
        ];
    }

    private Job Read(YamlMapping node, YamlScalar? key, string? stage, IReadOnlyList<Need> needs, YamlMapping owner, IReadOnlyList<string> conditions, string? name)
    {
        var id = name ?? node.Text("deployment") ?? node.Text("job") ?? "Job";
        var pool = node.Entry("pool") ?? owner.Entry("pool") ?? root.Entry("pool");
        var runner = Runner(pool);
        var steps = Steps(node);
        return new()
        {
            Id = stage is null ? id : $"{stage}.{id}",
            Range = key?.Range ?? node.Range,
            Body = node.Range,
            Node = node,
            Name = node.Text("displayName"),
            Stage = stage,
            Needs = node.Get("dependsOn") is { } on ? [.. needs, .. on.ItemsOrSelf().OfType<YamlScalar>().Where(n => !n.IsNull).Select(n => new Need(stage is null ? n.Value : $"{stage}.{n.Value}", n.Range))] : needs,
            Condition = GitHubJobReader.ReadCondition(node.Get("condition") ?? owner.Get("condition")),
            Triggers = Kinds([.. conditions, .. new[] { owner.Text("condition"), node.Text("condition") }.OfType<string>()]),
            Runner = runner,
            SelfHosted = IsSelfHosted(pool?.Value, runner),
            Environment = Environment(node.Entry("environment")),
            Variables = Variables(node.Get("variables")),
            Concurrency = stage is null ? null : Lock(owner),
            Container = Image(node.Entry("container")),
            Services = [.. node.Get("services").Entries().Select(e => Image(e)).OfType<ContainerImage>()],
            Steps = steps,
            Matrix = node.Get("strategy").Entry("matrix") is { } matrix ? new([.. matrix.Value.Entries().Select(e => e.Key.Value)], matrix.Range, matrix.Value) : null,
            Timeout = GitHubJobReader.Minutes(node.Text("timeoutInMinutes")),
            FailureIgnored = GitHubJobReader.Lenient(node.Entry("continueOnError")),
            Retry = steps.Select(s => s.Node.Entry("retryCountOnTaskFailure")).FirstOrDefault(e => e is not null) is { } retry && retry.Value.Number() is not 0 ? new((int?)retry.Value.Number(), [], retry.Range) : null,
            Manual = steps.FirstOrDefault(s => s.Uses is { Name: "ManualValidation" or "ManualIntervention" })?.Uses?.Range,
            Caches = [.. steps.Where(s => s.Uses is { Name: "Cache" }).Select(s => new CacheUse(s.Input("key"), [.. (s.Input("path") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)], true, s.Uses!.Range, s.Node))],
        };
    }

    /// <summary>Whether runs wait for each other at an exclusive lock; a stage's word goes before the pipeline's.</summary>
    internal static Concurrency? Lock(YamlMapping owner) => owner.Entry("lockBehavior") is { } locks ? new(null, false, locks.Range, locks.Value) : null;

    private TriggerKinds Kinds(IReadOnlyList<string> conditions)
    {
        var found = TriggerKinds.None;
        foreach (var kind in Enum.GetValues<TriggerKinds>())
            if (kind != TriggerKinds.None && kinds.HasFlag(kind) && conditions.All(c => AzureCondition.Decide(c, kind) != false)) found |= kind;
        return found;
    }

    private ImmutableArray<Step> Steps(YamlMapping node)
    {
        if (node.Get("steps") is { } steps) return _steps.ReadAll(steps);
        var found = new List<Step>();
        // learn.microsoft.com, "Deployment jobs": strategies and their hooks
        foreach (var strategy in (string[])["runOnce", "rolling", "canary"])
            foreach (var hook in (string[])["preDeploy", "deploy", "routeTraffic", "postRouteTraffic"])
                found.AddRange(_steps.ReadAll(node.Get("strategy", strategy, hook).Get("steps")));
        foreach (var strategy in (string[])["runOnce", "rolling", "canary"])
            foreach (var outcome in (string[])["failure", "success"])
                found.AddRange(_steps.ReadAll(node.Get("strategy", strategy, "on").Get(outcome).Get("steps")));
        return [.. found];
    }

    private static IReadOnlyList<RunnerLabel> Runner(YamlEntry? pool) => pool?.Value switch
    {
        YamlScalar { IsNull: false } name => [new(name.Value, name.Range)],
        YamlMapping map when (map.Get("vmImage") ?? map.Get("name")) is YamlScalar name => [new(name.Value, (map.Entry("vmImage") ?? map.Entry("name"))!.Range)],
        _ => [],
    };

    private static bool? IsSelfHosted(YamlNode? pool, IReadOnlyList<RunnerLabel> runner)
    {
        if (runner.Count == 0 || pool.Text("name") is { } named && named.Contains('$') || pool.Text()?.Contains('$') == true) return null;
        if (pool.Get("vmImage") is not null) return false;
        return runner[0].Name is not ("server" or "Azure Pipelines" or "Default-Hosted") && !runner[0].Name.StartsWith("Hosted", StringComparison.OrdinalIgnoreCase);
    }

    private static DeploymentEnvironment? Environment(YamlEntry? entry) => entry?.Value switch
    {
        YamlScalar scalar when scalar.Text() is { } name => new(name, entry.Range, scalar),
        YamlMapping map => new(map.Text("name"), entry.Range, map),
        _ => null,
    };

    private ContainerImage? Image(YamlEntry? entry) => entry?.Value switch
    {
        YamlScalar scalar when scalar.Text() is { } name => root.Get("resources", "containers").Items().FirstOrDefault(c => c.Text("container") == name) is YamlMapping resource
            ? Image(resource) : new(partial && IsAlias(name) ? null : name, scalar.Range, null, scalar),
        YamlMapping map => Image(map),
        _ => null,
    };

    private static bool IsAlias(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static ContainerImage? Image(YamlMapping map) =>
        map.Get("image") is YamlScalar image ? new(image.Text(), image.Range, null, map) { IsNamedElsewhere = IsNamedElsewhere(map, image.Value) } : null;

    // a connection may be one to any registry: only an image that names its own is known
    private static bool IsNamedElsewhere(YamlMapping map, string image) =>
        map.Text("type")?.Equals("ACR", StringComparison.OrdinalIgnoreCase) == true || (map.Text("endpoint") is not null && !NamesRegistry(image));

    private static bool NamesRegistry(string image) => image.IndexOf('/') is > 0 and var slash && image.AsSpan(0, slash).IndexOfAny('.', ':') >= 0;

    internal static ImmutableArray<Variable> Variables(YamlNode? node) => node switch
    {
        YamlSequence => [.. AzureList.Of(node).Where(v => v.Node.Text("name") is not null).Select(v => new Variable(v.Node.Text("name")!, v.Node.Text("value"), v.Node.Range, v.Node))],
        _ => GitHubJobReader.Variables(node),
    };
}
