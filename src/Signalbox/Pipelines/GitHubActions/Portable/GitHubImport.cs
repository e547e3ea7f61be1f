using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitHubActions.Portable;

/// <summary>A workflow's meaning (docs.github.com, "Workflow syntax for GitHub Actions").</summary>
public static class GitHubImport
{
    // what the model holds; anything else at that place is said to be left
    private static readonly string[] s_rootKeys = ["name", "on", "true", "permissions", "env", "concurrency", "jobs", "defaults", "run-name"];
    private static readonly string[] s_jobKeys = ["name", "needs", "if", "runs-on", "permissions", "environment", "env", "concurrency", "container", "services", "steps", "uses", "with", "secrets", "strategy", "timeout-minutes", "continue-on-error", "outputs", "defaults"];

    /// <summary>Reads the whole; what has no portable meaning is said in <paramref name="log"/>.</summary>
    public static PortablePipeline Read(GitHubWorkflow workflow, CarriageLog log)
    {
        var (pipeline, root) = workflow;
        foreach (var entry in root.Entries().Where(e => !s_rootKeys.Contains(e.Key.Value))) log.Left(entry.Range, $"{entry.Key.Value}: is not carried", concern: Concern.Frame);
        if (root.Entry("run-name") is { } title) log.Left(title.Range, "run-name: is not carried", "no other platform names a run by an expression in this way", concern: Concern.Start);
        PortableInput[] inputs = [.. pipeline.Triggers.Where(t => t.Name is "workflow_dispatch" or "workflow_call").OrderBy(t => t.Name == "workflow_call").SelectMany(t => Inputs(t.Node.Get("inputs"))).DistinctBy(i => i.Name)];
        var booleans = inputs.Where(i => i.IsBoolean).Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        var jobs = pipeline.Jobs.Select(j => Job(j, root, booleans, log)).ToList();
        var along = jobs.Where(j => j.TakenAlong).Select(j => j.Job.Id).ToHashSet(StringComparer.Ordinal);
        return ArtifactRoot.Placed(new()
        {
            Name = pipeline.Name,
            Triggers = [.. pipeline.Triggers.Select(t => Trigger(t, log)).OfType<PortableTrigger>()],
            Inputs = inputs,
            Permissions = Permissions(pipeline.Permissions),
            Variables = Variables(pipeline.Variables),
            Concurrency = Concurrency(pipeline.Concurrency, log),
            Jobs = Skipping.Spread([.. jobs.Select(j => j.Job)], j => j.When == RunsWhen.Succeeded && along.Contains(j.Id), (_, before) => before.If),
        });
    }

    private static PortableTrigger? Trigger(Trigger trigger, CarriageLog log)
    {
        if (GitHubConditions.EventOf(trigger.Name) is not { } e)
        {
            log.Left(trigger.Range, $"the trigger {trigger.Name} is not carried", "start the pipeline from a job of your own, or from the platform's webhooks", concern: Concern.Start);
            return null;
        }
        var node = trigger.Node;
        Activities(e, node.Entry("types"), log);
        if (node.Entry("secrets") is { } secrets) log.Changed(secrets.Range, "the secrets that it is handed are the project's own", "keep them in the other platform's settings", concern: Concern.Start);
        if (node.Entry("outputs") is { } outputs) log.Left(outputs.Range, $"{trigger.Name}: outputs: is not carried", concern: Concern.Start);
        foreach (var entry in node.Entries().Where(n => n.Key.Value is "tags-ignore")) log.Left(entry.Range, "tags-ignore: is not carried", "say which tags are meant", concern: Concern.Start);
        var filters = e is PortableEvent.Push or PortableEvent.PullRequest;
        foreach (var odd in filters ? [] : node.Entries().Where(n => n.Key.Value is "branches" or "branches-ignore" or "tags" or "paths" or "paths-ignore")) log.Changed(odd.Range, $"{odd.Key.Value}: filters nothing on {trigger.Name}, and is left out", concern: Concern.Start);
        if (!filters) return new(e) { Tags = [], Crons = [.. node.Items().Select(i => i.Text("cron")).OfType<string>()], Source = trigger.Range };
        var (branches, tags) = (Patterns(node.Entry("branches"), log), Patterns(node.Entry("tags"), log));
        var only = e == PortableEvent.Push && (branches is not null || tags is not null || node.Get("branches-ignore") is not null);
        var shut = branches?.Where(b => b.StartsWith('!')).Select(b => b[1..]) ?? [];
        return new(e)
        {
            Branches = only && branches is null && node.Get("branches-ignore") is null ? [] : branches?.Where(b => !b.StartsWith('!')).ToList(),
            Tags = e != PortableEvent.Push || only && tags is null ? [] : tags,
            IgnoredBranches = [.. Patterns(node.Entry("branches-ignore"), log) ?? [], .. shut],
            Paths = [.. (Texts(node.Get("paths")) ?? []).Where(p => !p.StartsWith('!'))],
            IgnoredPaths = [.. Texts(node.Get("paths-ignore")) ?? [], .. (Texts(node.Get("paths")) ?? []).Where(p => p.StartsWith('!')).Select(p => p[1..])],
            Crons = [.. node.Items().Select(i => i.Text("cron")).OfType<string>()],
            Source = trigger.Range,
        };
    }

    // docs.github.com, "Events that trigger workflows": a proposed change, and each commit added to it
    private static void Activities(PortableEvent e, YamlEntry? types, CarriageLog log)
    {
        if (types is null || Texts(types.Value) is not { } named) return;
        string[] usual = ["opened", "synchronize", "reopened"];
        var more = named.Except(usual).ToList();
        if (e != PortableEvent.PullRequest || !named.Contains("opened") || !named.Contains("synchronize")) log.Left(types.Range, $"types: {string.Join(", ", named)} is not carried", "say in the script when there is something to do", concern: Concern.Start);
        else if (more.Count > 0) log.Changed(types.Range, $"a proposed change that is {string.Join(" or ", more)} starts nothing", concern: Concern.Start);
    }

    // docs.github.com, "Workflow syntax: filter pattern cheat sheet"; a plus sign behind a backslash is itself
    private static IReadOnlyList<string>? Patterns(YamlEntry? entry, CarriageLog log)
    {
        if (entry is null || Texts(entry.Value) is not { } patterns) return null;
        var range = entry.Range;
        return [.. patterns.Select(p => RefGlob.Outside(p, o => Name(o.Replace(@"\+", "\0", StringComparison.Ordinal), p).Replace('\0', '+')))];

        string Name(string text, string whole)
        {
            if (text.IndexOfAny(['?', '+', '[', ']', '\\']) >= 0) log.Left(range, $"the pattern {whole} is not carried", "say it with *, ** and sets such as [0-9]+", concern: Concern.Start);
            return text;
        }
    }

    private static IReadOnlyList<string>? Texts(YamlNode? node) => node is null ? null : [.. node.ItemsOrSelf().Select(i => i.Text()).OfType<string>()];

    private static IEnumerable<PortableInput> Inputs(YamlNode? node) => node.Entries().Select(e => new PortableInput(
        e.Key.Value, e.Value.Text("description"), e.Value.Boolean("required") == true, e.Value.Text("default"), Texts(e.Value.Get("options")) ?? [], e.Value.Text("type") == "boolean", e.Key.Range));

    private static PortablePermissions? Permissions(Permissions? read) =>
        read is null ? null : new(read.All, [.. read.Scopes.Select(s => (s.Name, s.Access))], read.Range);

    internal static IReadOnlyList<PortableVariable> Variables(IEnumerable<Variable> variables) =>
        [.. variables.Where(v => v.Value is not null || v.Node is YamlScalar).Select(v => new PortableVariable(v.Name, GitHubReferences.Read(v.Value ?? ""), v.Range))];

    private static PortableConcurrency? Concurrency(Concurrency? read, CarriageLog log)
    {
        if (read is { CancelsRunning: null }) log.Changed(read.Range, "an expression decides whether a newer run ends an older one: here none is ended", "cancel-in-progress: true, or a group of its own for what must not be ended", concern: Concern.Start);
        return read is null ? null : new(read.Group is { } group ? GitHubReferences.Read(group) : null, read.CancelsRunning == true, read.Range);
    }

    private static (PortableJob Job, bool TakenAlong) Job(Job job, YamlMapping root, IReadOnlySet<string> booleans, CarriageLog log)
    {
        var node = job.Node!;
        foreach (var entry in node.Entries().Where(e => !s_jobKeys.Contains(e.Key.Value))) log.Left(entry.Range, $"job {job.Id}: {entry.Key.Value}: is not carried");
        if (node.Entry("name") is { } title && !GitHubReferences.Read(job.Name).IsLiteral) log.Changed(title.Range, $"job {job.Id}: its name takes values, and stands as it is written: {YamlQuote.Short(job.Name!)}", concern: Concern.Start);
        var (when, takenAlong, condition) = GitHubConditions.Read(job.Condition, booleans);
        if (job.Timeout is null && node.Entry("timeout-minutes") is { } limit) log.Left(limit.Range, $"job {job.Id}: a time limit by an expression is not carried", "say the minutes", concern: Concern.Frame);
        var steps = new GitHubStepImport(node.Get("defaults", "run") ?? root.Get("defaults", "run"), [.. root.Get("env").Entries().Concat(node.Get("env").Entries()).Select(e => e.Key.Value)], booleans, log);
        var read = new PortableJob
        {
            Id = job.Id,
            Name = job.Name,
            Needs = [.. job.Needs.Select(n => n.Id)],
            When = when,
            If = condition,
            Runner = Runner(job),
            Permissions = Permissions(job.Permissions),
            Environment = job.Environment is { Name: { } environment } at ? new(GitHubReferences.Read(environment), at.Node.Text("url") is { } url ? GitHubReferences.Read(url) : null, at.Range) : null,
            Variables = Variables(job.Variables),
            Concurrency = Concurrency(job.Concurrency, log),
            Container = node.Entry("container") is { } container ? Image(container, null, log) : null,
            Services = [.. node.Get("services").Entries().Select(e => Image(e, e.Key.Value, log)).OfType<PortableImage>()],
            Matrix = Matrix(node.Get("strategy"), log),
            Timeout = job.Timeout,
            FailureIgnored = Ignored(job.FailureIgnored, log),
            Outputs = Variables(GitHubJobReader.Variables(node.Get("outputs"))),
            Steps = steps.ReadAll(job.Steps),
            Calls = job.Calls is { } calls ? Called(calls, node, log) : null,
            Source = job.Range,
        };
        return (read, takenAlong);
    }

    private static ForeignStep Called(UsedCode calls, YamlMapping node, CarriageLog log)
    {
        if (node.Entry("secrets") is { } secrets) log.Left(secrets.Range, "secrets: of a called workflow are not carried", "hand each over by name");
        return new(Platform.GitHubActions, calls.Ref is null ? calls.Name : $"{calls.Name}@{calls.Ref}", Variables(GitHubJobReader.Variables(node.Get("with")))) { Source = calls.Range };
    }

    internal static bool Ignored(Leniency? leniency, CarriageLog log)
    {
        if (leniency is { Always: false }) log.Left(leniency.Range, "continue-on-error by an expression is not carried", "say true or false", concern: Concern.Frame);
        return leniency is { Always: true };
    }

    private static PortableRunner Runner(Job job)
    {
        if (job.Runner.Count == 0) return PortableRunner.Default;
        var self = job.SelfHosted == true;
        var first = job.Runner.Select(l => l.Name).FirstOrDefault(n => n is not "self-hosted") ?? "";
        var system = first.StartsWith("windows", StringComparison.OrdinalIgnoreCase) ? RunnerSystem.Windows : first.StartsWith("macos", StringComparison.OrdinalIgnoreCase) ? RunnerSystem.MacOs : RunnerSystem.Linux;
        if (job.Runner is [{ Name: "ubuntu-latest" }]) return PortableRunner.Default;
        return new(system, [.. job.Runner.Where(l => l.Name != "self-hosted").Select(l => GitHubReferences.Read(l.Name))], self, self ? null : Platform.GitHubActions);
    }

    private static PortableImage? Image(YamlEntry entry, string? alias, CarriageLog log)
    {
        if ((entry.Value.Text() ?? entry.Value.Text("image")) is not { } image) return null;
        foreach (var other in (entry.Value as YamlMapping).Entries().Where(e => e.Key.Value is "credentials" or "volumes")) log.Left(other.Range, $"{other.Key.Value}: of the image {image} is not carried", "sign in to the registry where the runner is set up", concern: other.Key.Value == "credentials" ? Concern.Frame : Concern.Work);
        return new(GitHubReferences.Read(image), alias)
        {
            Variables = Variables(GitHubJobReader.Variables(entry.Value.Get("env"))),
            Ports = Texts(entry.Value.Get("ports")) ?? [],
            Options = Options(entry, log),
            Source = entry.Range,
        };
    }

    private static string? Options(YamlEntry image, CarriageLog log)
    {
        if (image.Value.Entry("options") is not { } options || options.Value.Text() is not { } text) return null;
        if (!text.Contains("${{", StringComparison.Ordinal)) return text;
        log.Left(options.Range, $"options: of the image by an expression is not carried: {YamlQuote.Short(text)}", "write the options into the file");
        return null;
    }

    private static PortableMatrix? Matrix(YamlNode? strategy, CarriageLog log)
    {
        if (strategy.Entry("matrix") is not { } matrix) return null;
        if (matrix.Value is not YamlMapping map || map.Entries().Any(e => e.Value is YamlScalar || e.Value.Items().Any(v => e.Key.Value is not ("include" or "exclude") && v is not YamlScalar)))
        {
            log.Left(matrix.Range, "a matrix that an expression makes, or with values that are no text, is not carried", "write the values into the file");
            return null;
        }
        foreach (var value in map.Entries().SelectMany(e => Values(e.Value)).Where(v => v.Value.Contains("${{", StringComparison.Ordinal)))
            log.Left(value.Range, $"a value of the matrix by an expression is not carried, and stands as it is written: {YamlQuote.Short(value.Value)}", "write the value into the file");
        if (map.Entries().All(e => e.Value.Items() is [])) log.Left(matrix.Range, "a matrix without values is not carried: no job is made of it", "write the values into the file");
        return new(
            [.. map.Entries().Where(e => e.Key.Value is not ("include" or "exclude")).Select(e => (e.Key.Value, Texts(e.Value) ?? []))],
            [.. map.Get("include").Items().Select(Pairs)], [.. map.Get("exclude").Items().Select(Pairs)],
            strategy.Boolean("fail-fast") != false, (int?)strategy.Number("max-parallel"), matrix.Range);
    }

    private static IEnumerable<YamlScalar> Values(YamlNode list) => list.Items().SelectMany(i => i is YamlMapping map ? map.Entries().Select(e => e.Value) : [i]).OfType<YamlScalar>();

    private static IReadOnlyList<(string Name, string Value)> Pairs(YamlNode node) => [.. node.Entries().Where(e => e.Value.Text() is not null).Select(e => (e.Key.Value, e.Value.Text()!))];
}
