using Signalbox.Delivery;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab.Portable;

/// <summary>The meaning of jobs.</summary>
/// <param name="declared">The names of the file's variables.</param>
/// <param name="stages">Their names, the platform's own among them.</param>
/// <param name="workflow">Whether rules of the whole pipeline say when it starts.</param>
internal sealed class GitLabJobImport(GitLabSettings settings, IReadOnlySet<string> declared, IReadOnlyList<Job> jobs, IReadOnlySet<string> stages, bool workflow, CarriageLog log)
{
    private static readonly string[] s_keys =
    [
        "stage", "script", "before_script", "after_script", "needs", "rules", "only", "except", "when", "allow_failure", "image", "services", "variables", "cache", "artifacts", "tags", "timeout", "retry", "environment",
        "resource_group", "parallel", "trigger", "extends", "id_tokens", "interruptible", "dependencies", "inherit", "coverage",
    ];

    public static bool IsCheckout(string name) => name is "GIT_STRATEGY" or "GIT_DEPTH" or "GIT_SUBMODULE_STRATEGY" or "GIT_LFS_SKIP_SMUDGE";

    public PortableJob Read(GitLabJob gitlab, YamlMapping root)
    {
        var (job, own) = (gitlab.Job, gitlab.Settings);
        if (!gitlab.Complete) log.Left(job.Range, $"job {job.Id}: it extends what is not in this file", "bring it into the file", concern: Concern.Start);
        if (own.Entry("stage") is { } stage && !stages.Contains(job.Stage ?? "")) log.Left(Place(stage.Range, job), $"job {job.Id}: its stage {job.Stage} is none of the file's, so nothing says what it comes after", "stages: in the file, with all that its jobs name");
        foreach (var entry in own.Entries().Where(e => !s_keys.Contains(e.Key.Value))) log.Left(Place(entry.Range, job), $"job {job.Id}: {entry.Key.Value}: is not carried");
        foreach (var entry in own.Entries().Where(e => e.Key.Value is not ("script" or "before_script" or "after_script" or "rules") && (e.Value is YamlSequence { Tag: "!reference" } && e.Key.Value != "tags" || settings.Missing(e.Value).Any()))) log.Left(Place(entry.Range, job), $"job {job.Id}: {entry.Key.Value}: by !reference is not carried", "write it into the job");
        if (own.Get("inherit", "variables") is { } inherited && inherited.Boolean() != true) log.Left(Place(inherited.Range, job), $"job {job.Id}: it inherits {(inherited.Boolean() == false ? "no variables" : "some variables alone")} of the file, and has them all", "set those that must be others in the job");
        if (job.FailureIgnored is { Always: false } && own.Get("allow_failure") is YamlMapping codes) log.Left(Place(codes.Range, job), $"job {job.Id}: its failure does not matter with the exit codes {string.Join(", ", codes.Get("exit_codes").ItemsOrSelf().Select(c => c.Text()))}, which is not carried: it fails", "in the script: COMMAND || [ $? -eq CODE ]", Concern.Frame);
        foreach (var need in own.Get("needs").Items().Where(n => n.Get("parallel") is not null)) log.Changed(Place(need.Range, job), $"job {job.Id}: it waits for every combination of {need.Text("job")}", concern: Concern.Start);
        var axes = (job.Matrix?.Axes ?? []).ToHashSet(StringComparer.Ordinal);
        var references = new GitLabReferences(declared, axes);
        var (when, condition, manual, lenient) = Start(own, job);
        var variables = references.Variables(own.Get("variables"));
        if (job.Retry is { When.Count: > 0 } retry) log.Changed(Place(retry.Range, job), $"job {job.Id}: it is tried again after any failure, not only after {string.Join(", ", retry.When)}");
        if (own.Entry("coverage") is { } coverage) log.Changed(Place(coverage.Range, job), $"job {job.Id}: the coverage in its log is not shown");
        foreach (var entry in (own.Get("trigger") as YamlMapping).Entries().Where(e => e.Key.Value is not ("project" or "branch" or "include" or "strategy") || e.Key.Value == "include" && e.Value is YamlSequence { Items.Count: > 1 })) log.Left(Place(entry.Range, job), $"job {job.Id}: {entry.Key.Value}: of what it calls is not carried");
        foreach (var need in own.Get("needs").Items().Where(n => n.Get("project") is not null || n.Get("pipeline") is not null)) log.Left(Place(need.Range, job), $"job {job.Id}: what it needs of another pipeline is not carried", "bring it in the script");
        return new()
        {
            Id = job.Id,
            Stage = job.Stage,
            Needs = [.. job.Needs.Select(n => n.Id).Distinct()],
            When = when,
            If = condition,
            Manual = manual,
            Runner = Runner(job, references),
            Permissions = settings.Entry(own, "id_tokens") is { } tokens ? Permissions(tokens, job) : null,
            IdentityTokens = IdentityTokens(settings.Entry(own, "id_tokens"), job),
            Environment = Environment(own.Entry("environment"), job, references),
            Variables = [.. variables.Where(v => !IsCheckout(v.Name))],
            Concurrency = job.Concurrency is { Group: { } group } at ? new(references.Read(group), false, at.Range) : null,
            Container = Image(settings.Entry(own, "image")?.Value, job, references),
            Services = [.. (settings.Entry(own, "services")?.Value).ItemsOrSelf().Select(s => Image(s, job, references)).OfType<PortableImage>().Select(s => s with { Alias = s.Alias ?? GitLabServices.Host(s.Image) })],
            Matrix = Matrix(own.Get("parallel"), job),
            Timeout = job.Timeout,
            FailureIgnored = lenient || job.FailureIgnored is { Always: true },
            Retries = job.Retry?.Count ?? 0,
            Steps = job.Calls is null ? new GitLabStepImport(settings, references, jobs, log).Read(gitlab, root) : [],
            Calls = job.Calls is { } calls ? new(Platform.GitLab, calls.Ref is null ? calls.Name : $"{calls.Name}@{calls.Ref}", []) { Source = calls.Range } : null,
            Source = job.Range,
        };
    }

    /// <summary>Where it stands if the job writes it itself, else the job's name.</summary>
    internal static TextRange Place(TextRange range, Job job) => range.Start >= job.Body.Start && range.End <= job.Body.End ? range : job.Range;

    private (RunsWhen When, PortableCondition? If, bool Manual, bool Lenient) Start(YamlMapping own, Job job)
    {
        var when = own.Text("when");
        if (own.Get("rules") is { } from && settings.Missing(from).FirstOrDefault() is { } missing) return (RunsWhen.Succeeded, new RawCondition(Platform.GitLab, $"rules: {GitLabSettings.Said(missing)}"), false, false);
        if (own.Get("rules") is { } rules) return Rules([.. GitLabConditions.Rules(rules, settings)], when, job);
        var lenient = when == "manual" && own.Get("allow_failure") is null;
        return (When(when), only(), when == "manual", lenient);

        PortableCondition? only() => Whole(PortableCondition.All(own.Get("only") is { } refs ? PortableCondition.All(Refs(refs, job)) : Proposed(), own.Get("except") is { } except ? PortableCondition.Any(Refs(except, job))?.Opposite() : null));
    }

    // docs.gitlab.com, "only and except": where a job says nothing, and no workflow does, it is for branches and tags, not for merge requests
    private Not? Proposed() => !workflow && jobs.Any(j => j.Triggers.HasFlag(TriggerKinds.PullRequest)) ? new(new EventIs(PortableEvent.PullRequest)) : null;

    private (RunsWhen When, PortableCondition? If, bool Manual, bool Lenient) Rules(IReadOnlyList<YamlMapping> rules, string? outer, Job job)
    {
        var (ways, never, words, lenient) = (new List<PortableCondition?>(), new List<PortableCondition?>(), new HashSet<string>(StringComparer.Ordinal), new HashSet<bool>());
        foreach (var rule in rules)
        {
            foreach (var entry in rule.Entries().Where(e => e.Key.Value is not ("if" or "when" or "allow_failure" or "changes" or "exists"))) log.Left(Place(entry.Range, job), $"job {job.Id}: {entry.Key.Value}: of a rule is not carried");
            var condition = PortableCondition.All(rule.Text("if") is { } text ? GitLabIf.Read(text) : null, Files(rule, "changes"), Files(rule, "exists"));
            var word = rule.Text("when") ?? outer ?? "on_success";
            if (word == "never")
            {
                if (condition is null) break;
                never.Add(condition.Opposite());
                continue;
            }
            ways.Add(PortableCondition.All([condition, .. never]));
            words.Add(word);
            lenient.Add(rule.Boolean("allow_failure") == true);
            if (condition is null) break;
        }
        if (words.Count > 1 || lenient.Count > 1) return (RunsWhen.Succeeded, new RawCondition(Platform.GitLab, $"rules of several kinds: {string.Join(", ", words)}"), words.Contains("manual"), false);
        if (ways.Count == 0) return (RunsWhen.Succeeded, new RawCondition(Platform.GitLab, "no rule lets it run"), false, false);
        return (When(words.First()), Whole(PortableCondition.Any(ways)), words.Contains("manual"), lenient.Contains(true));
    }

    private static RawCondition? Files(YamlMapping rule, string key) =>
        rule.Get(key) is not { } node ? null : new(Platform.GitLab, $"{key}: {string.Join(", ", (node is YamlMapping ? node.Get("paths") : node).ItemsOrSelf().Select(p => p.Text()))}");

    // a condition that is only half understood is none; GitLab's own expressions stay one
    private static PortableCondition? Whole(PortableCondition? condition)
    {
        var raw = condition?.Everything().OfType<RawCondition>().ToList() ?? [];
        if (raw.Count == 0 || condition is RawCondition) return condition;
        var sayable = raw.TrueForAll(r => GitLabIf.IsExpression(r.Text)) && !condition!.Everything().Any(c => c is Not { Part: RawCondition }) && GitLabIf.Problem(condition) is null;
        return new RawCondition(Platform.GitLab, sayable ? GitLabIf.Write(condition!) : $"several together: {string.Join(", ", condition!.Everything().Where(c => c is RawCondition or Not { Part: RawCondition }).Select(c => c is Not ? "not" : ((RawCondition)c).Text))}");
    }

    private static RunsWhen When(string? word) => word switch { "always" => RunsWhen.Always, "on_failure" => RunsWhen.Failed, _ => RunsWhen.Succeeded };

    // docs.gitlab.com, "only and except": what only names must all hold, and of what except names nothing may
    private List<PortableCondition?> Refs(YamlNode node, Job job)
    {
        var names = (node is YamlMapping ? node.Get("refs") : node).ItemsOrSelf().Select(r => r.Text()).OfType<string>().ToList();
        List<PortableCondition?> keys = names.Count == 0 ? [] : [PortableCondition.Any(names.Select(Ref))];
        foreach (var entry in (node as YamlMapping).Entries().Where(e => e.Key.Value != "refs"))
            switch (entry.Key.Value)
            {
                case "variables": keys.Add(PortableCondition.Any(entry.Value.ItemsOrSelf().Select(v => GitLabIf.Read(v.Text() ?? "")))); break;
                case "kubernetes": keys.Add(new RawCondition(Platform.GitLab, "$CI_KUBERNETES_ACTIVE")); break;
                default:
                    log.Left(Place(entry.Range, job), $"job {job.Id}: {entry.Key.Value}: of only or except is not carried");
                    keys.Add(new RawCondition(Platform.GitLab, $"{entry.Key.Value}: of only or except"));
                    break;
            }
        return keys;
    }

    private static PortableCondition Ref(string name) => name switch
    {
        "branches" => new RefIs(false, null),
        "tags" => new RefIs(true, null),
        "merge_requests" => new EventIs(PortableEvent.PullRequest),
        "schedules" => new EventIs(PortableEvent.Schedule),
        "web" => new EventIs(PortableEvent.Manual),
        "pipelines" => new EventIs(PortableEvent.Called),
        "pushes" => new EventIs(PortableEvent.Push),
        "api" or "chat" or "triggers" or "external" => new RawCondition(Platform.GitLab, name),
        _ when name.StartsWith('/') && name.EndsWith('/') && name.Length > 2 && RefGlob.OfRegex(name[1..^1]) is { } glob => PortableCondition.Any(new RefIs(false, glob), new RefIs(true, glob))!,
        _ when name.StartsWith('/') || name.Contains('@') || name.Contains('*') => new RawCondition(Platform.GitLab, name),
        _ => new RefIs(false, name),
    };

    private static PortableRunner Runner(Job job, GitLabReferences references)
    {
        if (job.Runner.Count == 0) return PortableRunner.Default;
        var hosted = job.SelfHosted != true;
        var name = job.Runner[0].Name;
        var system = name.Contains("windows", StringComparison.OrdinalIgnoreCase) ? RunnerSystem.Windows : name.Contains("macos", StringComparison.OrdinalIgnoreCase) ? RunnerSystem.MacOs : RunnerSystem.Linux;
        return new(system, [.. job.Runner.Select(r => references.Read(r.Name))], !hosted, hosted ? Platform.GitLab : null);
    }

    private List<PortableIdentityToken> IdentityTokens(YamlEntry? tokens, Job job)
    {
        var found = new List<PortableIdentityToken>();
        foreach (var token in (tokens?.Value).Entries())
            if (token.Value.Get("aud").ItemsOrSelf().Select(a => a.Text()).ToList() is [{ } audience]) found.Add(new(token.Key.Value, audience));
            else log.Left(Place(token.Range, job), $"job {job.Id}: the token {token.Key.Value} for several is not carried", "a token for each");
        return found;
    }

    private PortablePermissions Permissions(YamlEntry tokens, Job job)
    {
        log.Changed(Place(tokens.Range, job), $"job {job.Id}: the tokens {string.Join(", ", tokens.Value.Entries().Select(t => t.Key.Value))} are one permission to ask for a token", "ask for it where it is used, with its audience", concern: Concern.Start);
        return new(null, [("contents", Access.Read), ("id-token", Access.Write)], Place(tokens.Range, job));
    }

    private PortableEnvironment? Environment(YamlEntry? entry, Job job, GitLabReferences references)
    {
        if (entry is null || (entry.Value.Text() ?? entry.Value.Text("name")) is not { } name) return null;
        var place = Place(entry.Range, job);
        foreach (var other in (entry.Value as YamlMapping).Entries().Where(e => e.Key.Value is not ("name" or "url") && !(e.Key.Value == "action" && e.Value.Text() == "start")))
            log.Left(Place(other.Range, job), $"job {job.Id}: {other.Key.Value}: of its environment is not carried");
        return new(references.Read(name), entry.Value.Text("url") is { } url ? references.Read(url) : null, place);
    }

    private PortableImage? Image(YamlNode? node, Job job, GitLabReferences references)
    {
        if ((node.Text() ?? node.Text("name")) is not { } name) return null;
        foreach (var other in (node as YamlMapping).Entries().Where(e => e.Key.Value is not ("name" or "alias" or "variables") && !ClearsEntrypoint(e))) log.Left(Place(other.Range, job), $"job {job.Id}: {other.Key.Value}: of the image {name} is not carried", concern: other.Key.Value == "pull_policy" ? Concern.Frame : Concern.Work);
        return new(references.Read(name), node.Text("alias")) { Variables = references.Variables(node.Get("variables")), ClearsEntrypoint = (node as YamlMapping).Entries().Any(ClearsEntrypoint), Source = Place(node!.Range, job) };
    }

    private static bool ClearsEntrypoint(YamlEntry entry) => entry.Key.Value == "entrypoint" && entry.Value.ItemsOrSelf().Select(i => i.Text() ?? "").ToList() is [] or [""];

    private PortableMatrix? Matrix(YamlNode? parallel, Job job)
    {
        if (parallel.Entry("matrix") is { } entry)
        {
            var products = entry.Value.ItemsOrSelf().OfType<YamlMapping>().Select(m => new PortableMatrix([.. m.Entries().Select(e => (e.Key.Value, (IReadOnlyList<string>)[.. e.Value.ItemsOrSelf().Select(v => v.Text()).OfType<string>()]))], [], [])).ToList();
            // of too many only as many are made as show that
            var matrix = products is [var only] ? only : products.Find(p => !p.IsFew) ?? PortableMatrix.Of([.. products.SelectMany(p => p.Combinations()).Take(MatrixAxis.MostCombinations + 1)]);
            return matrix with { StopsAtFailure = false, Source = Place(entry.Range, job) };
        }
        if (parallel.Number() is not { } count) return null;
        log.Left(Place(parallel!.Range, job), $"job {job.Id}: parallel: {count} is not carried", "a matrix with an axis of its numbers", concern: Concern.Frame);
        return null;
    }
}
