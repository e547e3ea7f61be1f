using System.Collections.Immutable;
using System.Globalization;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab;

/// <summary>Reads jobs as they are once templates and defaults are taken in.</summary>
/// <param name="stages">In the order they run.</param>
/// <param name="kinds">The pipelines that the workflow lets start.</param>
internal sealed class GitLabJobReader(YamlText text, GitLabSettings all, IReadOnlyList<string> stages, TriggerKinds kinds)
{
    private readonly Dictionary<YamlScalar, Step> _steps = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, IReadOnlyList<Need>> _before = new(StringComparer.Ordinal);

    public IReadOnlyList<GitLabJob> ReadAll(IEnumerable<YamlEntry> entries)
    {
        var read = entries.Select(Read).ToList();
        foreach (var stage in stages) _before[stage] = Before(stage, read);
        return [.. read.Select(j => j.Settings.Entry("needs") is null ? j with { Job = j.Job with { Needs = _before.GetValueOrDefault(j.Job.Stage ?? "") ?? [] } } : j)];
    }

    private IReadOnlyList<Need> Before(string stage, IReadOnlyList<GitLabJob> jobs)
    {
        var earlier = stages.TakeWhile(s => s != stage).ToHashSet(StringComparer.Ordinal);
        return [.. jobs.Where(j => earlier.Contains(j.Job.Stage ?? "")).Select(j => new Need(j.Job.Id, j.Job.Range))];
    }

    private GitLabJob Read(YamlEntry entry)
    {
        var own = (YamlMapping)entry.Value;
        var (settings, complete) = all.Of(entry.Key.Value, own);
        var place = new Place(entry);
        var start = GitLabConditions.Of(settings, all, kinds);
        var runner = all.Lines(all.Entry(settings, "tags")?.Value).Select(t => new RunnerLabel(t.Value, place.Of(t.Range))).ToList();
        var job = new Job
        {
            Id = entry.Key.Value,
            Range = entry.Key.Range,
            Body = entry.Range,
            Node = own,
            IsPartial = !complete,
            Stage = settings.Text("stage") ?? GitLabReader.UsualStage,
            Needs = Needs(settings.Get("needs")),
            Condition = ReadCondition(settings, start),
            Triggers = start.Kinds,
            Runner = runner,
            SelfHosted = runner.Count == 0 ? null : !runner.Any(r => IsHosted(r.Name)),
            Environment = ReadEnvironment(settings.Entry("environment"), entry.Key.Value, place),
            Variables = Variables(settings.Get("variables")),
            Concurrency = settings.Entry("resource_group") is { } group ? new(group.Value.Text(), false, place.Of(group.Range), group.Value) : null,
            Container = Image(all.Entry(settings, "image")),
            Services = [.. (all.Entry(settings, "services")?.Value).ItemsOrSelf().Select(Image).OfType<ContainerImage>()],
            Steps = Steps(settings),
            Calls = Calls(settings.Get("trigger")),
            Matrix = settings.Get("parallel").Entry("matrix") is { } matrix ? new([.. matrix.Value.ItemsOrSelf().SelectMany(m => m.Entries()).Select(e => e.Key.Value).Distinct()], matrix.Range, matrix.Value) : null,
            Timeout = Duration(all.Entry(settings, "timeout")?.Value.Text()),
            FailureIgnored = Lenient(settings, place),
            Retry = ReadRetry(all.Entry(settings, "retry"), place),
            Manual = start.Manual is { } manual ? place.Of(manual) : null,
            Caches = [.. Caches(all.Entry(settings, "cache"))],
            Artifacts = [.. Artifacts(settings.Entry("artifacts"))],
        };
        return new(job, settings, complete) { AfterLines = Lines(settings, "after_script").Count() };
    }

    /// <summary>Where a setting stands if the job writes it itself, else the job's name: what was inherited is this job's all the same.</summary>
    private readonly record struct Place(YamlEntry Job)
    {
        public TextRange Of(TextRange range) => range.Start >= Job.Range.Start && range.End <= Job.Range.End ? range : Job.Key.Range;
    }

    // GitLab's shared runners: docs.gitlab.com, "Hosted runners"
    private static bool IsHosted(string tag) => tag.StartsWith("saas-", StringComparison.Ordinal) || tag.StartsWith("gitlab-org", StringComparison.Ordinal) || tag.Contains('$');

    private static Condition? ReadCondition(YamlMapping settings, GitLabStart start)
    {
        var rules = settings.Get("rules").Items().Select(r => r.Get("if")).OfType<YamlScalar>().ToList();
        if (rules is [var first, ..]) return new(string.Join(" || ", rules.Select(r => r.Value)), first.Range, start.AfterFailure, first);
        return settings.Entry("when") is { } when && start.AfterFailure ? new(when.Value.Text() ?? "", when.Range, true, when.Value as YamlScalar) : null;
    }

    private static IReadOnlyList<Need> Needs(YamlNode? node) =>
    [
        .. node.ItemsOrSelf()
            .Select(n => n is YamlMapping map ? map.Get("project") is null && map.Get("pipeline") is null ? (Name: map.Get("job") as YamlScalar, Optional: map.Boolean("optional") == true) : default : (Name: n as YamlScalar, Optional: false))
            .Where(n => n.Name is not null)
            .Select(n => new Need(n.Name!.Value, n.Name.Range, n.Optional)),
    ];

    private static DeploymentEnvironment? ReadEnvironment(YamlEntry? entry, string job, Place place) => entry?.Value switch
    {
        YamlScalar scalar when scalar.Text() is { } name => new(name, place.Of(entry.Range), scalar),
        YamlMapping map => new(map.Text("name"), place.Of(entry.Range), map),
        _ => job == "pages" ? new("pages", place.Job.Key.Range) : null,
    };

    private static ContainerImage? Image(YamlEntry? entry) => entry is null ? null : Image(entry.Value);

    private static ContainerImage? Image(YamlNode node) => node switch
    {
        YamlScalar scalar when scalar.Text() is { } image => new(image, scalar.Range, null, scalar),
        YamlMapping map when map.Get("name") is { } name => new(name.Text(), name.Range, null, map),
        _ => null,
    };

    private ImmutableArray<Step> Steps(YamlMapping settings)
    {
        return [.. ((string[])["before_script", "script", "after_script"]).SelectMany(key => Lines(settings, key)).Select(Step)];
    }

    private IEnumerable<YamlScalar> Lines(YamlMapping settings, string key) => all.Lines(all.Entry(settings, key)?.Value);

    /// <summary>A line that several jobs share is one step, read once.</summary>
    private Step Step(YamlScalar line)
    {
        if (_steps.TryGetValue(line, out var known)) return known;
        return _steps[line] = new() { Range = line.Range, Body = line.Range, Script = Script.Of(text, line), Shell = "sh" };
    }

    private static UsedCode? Calls(YamlNode? trigger) => trigger switch
    {
        YamlScalar { IsNull: false } project => new(project.Value, null, project.Range, project),
        YamlMapping map when map.Get("project") is YamlScalar project => new(project.Value, map.Text("branch"), project.Range, project),
        YamlMapping map when (map.Get("include") as YamlScalar ?? map.Get("include").ItemsOrSelf().Select(i => i.Get("local")).FirstOrDefault() as YamlScalar) is { } local => new("./" + local.Value.TrimStart('/'), null, local.Range, local),
        _ => null,
    };

    private static Leniency? Lenient(YamlMapping settings, Place place)
    {
        if (settings.Entry("allow_failure") is { } entry)
            return entry.Value is YamlMapping ? new(false, place.Of(entry.Range)) : IsYes(entry.Value) ? new(true, place.Of(entry.Range)) : null;
        var rules = settings.Get("rules").Items().OfType<YamlMapping>().Where(r => r.Text("when") != "never").ToList();
        var lenient = rules.Select(r => r.Entry("allow_failure")).FirstOrDefault(e => e is not null && IsYes(e.Value));
        return lenient is null ? null : new(rules.All(r => IsYes(r.Get("allow_failure"))), place.Of(lenient.Range));
    }

    // GitLab reads YAML 1.1, where yes and on are booleans
    private static bool IsYes(YamlNode? node) => node is YamlScalar { IsPlain: true } scalar && scalar.Value is "true" or "True" or "TRUE" or "yes" or "Yes" or "on";

    private static Retry? ReadRetry(YamlEntry? entry, Place place) => entry?.Value switch
    {
        YamlScalar scalar when scalar.Number() is > 0 and var count => new((int)Math.Min(count, 10), [], place.Of(entry.Range)),
        YamlMapping map when map.Number("max") is not 0 => new((int?)map.Number("max"), [.. map.Get("when").ItemsOrSelf().Select(w => w.Text()).OfType<string>(), .. map.Get("exit_codes").ItemsOrSelf().Select(c => $"exit code {c.Text()}")], place.Of(entry.Range)),
        _ => null,
    };

    private static IEnumerable<CacheUse> Caches(YamlEntry? entry)
    {
        foreach (var cache in (entry?.Value).ItemsOrSelf().OfType<YamlMapping>())
            yield return new(cache.Text("key") ?? cache.Get("key").Text("prefix"), [.. cache.Get("paths").ItemsOrSelf().Select(p => p.Text()).OfType<string>()], cache.Text("policy") != "pull", entry!.Key.Range, cache);
    }

    private static IEnumerable<ArtifactUse> Artifacts(YamlEntry? entry)
    {
        if (entry?.Value is YamlMapping map)
            yield return new(map.Text("name"), [.. map.Get("paths").ItemsOrSelf().Select(p => p.Text()).OfType<string>()], true, entry.Range, map);
    }

    internal static ImmutableArray<Variable> Variables(YamlNode? node) =>
        [.. node.Entries().Select(e => new Variable(e.Key.Value, e.Value.Text() ?? e.Value.Text("value"), e.Range, e.Value))];

    /// <summary>GitLab's durations in words: <c>1h 30m</c>, <c>90 minutes</c>; a bare number is seconds.</summary>
    internal static TimeSpan? Duration(string? text)
    {
        if (text is null) return null;
        var total = 0.0;
        for (var at = 0; at < text.Length;)
        {
            var digits = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.')) at++;
            if (!double.TryParse(text.AsSpan(digits, at - digits), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return null;
            while (at < text.Length && text[at] == ' ') at++;
            var word = at;
            while (at < text.Length && char.IsAsciiLetter(text[at])) at++;
            total += number * Unit(text[word..at]);
            while (at < text.Length && text[at] is ' ' or ',') at++;
        }
        return total is > 0 and < 1e9 ? TimeSpan.FromSeconds(total) : null;
    }

    private static int Unit(string word) => word switch
    {
        "m" or "min" or "mins" or "minute" or "minutes" => 60,
        "h" or "hr" or "hrs" or "hour" or "hours" => 3600,
        "d" or "day" or "days" => 86400,
        "w" or "week" or "weeks" => 604800,
        _ => 1,
    };
}
