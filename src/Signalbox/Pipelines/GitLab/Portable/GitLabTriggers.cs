using System.Text.RegularExpressions;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.GitLab.Portable;

/// <summary><c>workflow: rules</c> as triggers, read and written.</summary>
internal static partial class GitLabTriggers
{
    public static IReadOnlyList<PortableTrigger> Read(Pipeline pipeline, GitLabSettings settings, CarriageLog log)
    {
        if (pipeline.Root.Get("workflow").Entry("rules") is not { } rules) return Default(pipeline);
        var found = new List<PortableTrigger>();
        var never = new List<PortableCondition?>();
        foreach (var rule in GitLabConditions.Rules(rules.Value, settings))
        {
            foreach (var other in rule.Entries().Where(e => e.Key.Value is not ("if" or "when" or "changes") || e.Key.Value == "changes" && rule.Text("when") == "never"))
                log.Left(other.Range, $"{other.Key.Value}: of a rule of the workflow is not carried", "say with the platform's own triggers when it starts", concern: other.Key.Value == "variables" ? Concern.Work : Concern.Start);
            foreach (var braces in Paths(rule.Get("changes")).Where(p => p.Contains('{'))) log.Left(rule.Range, $"the files {braces} are not carried", "name each kind of file by itself", concern: Concern.Start);
            var condition = rule.Text("if") is { } text ? GitLabIf.Read(text) : null;
            if (rule.Text("when") == "never")
            {
                if (rule.Get("changes") is null && rule.Get("exists") is null && condition is not null)
                {
                    // one that no trigger can say is lost by itself, and not those after it
                    if (s_always.Where(e => e != PortableEvent.Manual).All(e => Never(e, condition) || Trigger(PortableCondition.All(new EventIs(e), condition.Opposite()), rule) is not null)) never.Add(condition.Opposite());
                    else Lost(rule, condition, log);
                }
                if (condition is null) break;
                continue;
            }
            if (condition is null && rule.Get("changes") is null)
            {
                Always(found, never, rule, log);
                break;
            }
            foreach (var part in Ways(condition))
                if (Trigger(PortableCondition.All([part, .. never]), rule) is { } trigger) Add(found, trigger);
                else Lost(rule, PortableCondition.All([part, .. never]), log);
        }
        return found;
    }

    // what starts a pipeline by itself, and a person
    private static readonly PortableEvent[] s_always = [PortableEvent.Push, PortableEvent.PullRequest, PortableEvent.Manual];

    private static void Lost(YamlMapping rule, PortableCondition? condition, CarriageLog log) =>
        log.Left(rule.Range, $"a rule of the workflow is not carried: {rule.Text("if") ?? condition?.ToString()}", "say with the platform's own triggers when it starts", concern: Concern.Start);

    // whether a rule that shuts something out shuts out the whole event
    private static bool Never(PortableEvent e, PortableCondition? shutOut) => shutOut is EventIs same && same.Event == e || shutOut is AnyOf any && any.Parts.Any(p => Never(e, p));

    /// <summary>What starts it where nothing but the rules before is asked.</summary>
    private static void Always(List<PortableTrigger> found, List<PortableCondition?> never, YamlMapping rule, CarriageLog log)
    {
        foreach (var e in s_always.Where(e => !never.Any(n => Never(e, n?.Opposite()))))
        {
            found.RemoveAll(t => t.Event == e && t.Paths.Count > 0);
            if (Trigger(PortableCondition.All([new EventIs(e), .. never]), rule) is { } trigger) Add(found, trigger);
            else if (e == PortableEvent.Manual)
            {
                Add(found, new(e) { Tags = [], Source = rule.Range });
                log.Changed(rule.Range, "a person may start it for every branch and tag", concern: Concern.Start);
            }
            else Lost(rule, PortableCondition.All([new EventIs(e), .. never]), log);
        }
        if (!never.Any(n => Never(PortableEvent.Schedule, n?.Opposite()))) log.Changed(rule.Range, "a schedule starts it, too, and is not in the file", "the platform's own schedule", Concern.Start);
    }

    /// <summary>Where no workflow is written GitLab starts for every push, and for what a job of its own asks for.</summary>
    private static List<PortableTrigger> Default(Pipeline pipeline)
    {
        var found = new List<PortableTrigger> { new(PortableEvent.Push) { Source = pipeline.Range } };
        if (pipeline.Jobs.Any(j => j.Triggers.HasFlag(TriggerKinds.PullRequest))) found.Add(new(PortableEvent.PullRequest) { Tags = [], Source = pipeline.Range });
        found.Add(new(PortableEvent.Manual) { Tags = [], Source = pipeline.Range });
        return found;
    }

    private static IEnumerable<PortableCondition?> Ways(PortableCondition? condition) => condition is AnyOf any ? [.. any.Parts] : [condition];

    private static PortableTrigger? Trigger(PortableCondition? condition, YamlMapping rule)
    {
        IReadOnlyList<PortableCondition> parts = condition switch { null => [], AllOf all => all.Parts, _ => [condition] };
        var paths = Paths(rule.Get("changes"));
        var events = parts.OfType<EventIs>().Select(e => e.Event).Distinct().ToList();
        if (events.Count > 1) return null;
        PortableTrigger? trigger = events is [var only] ? new(only) : parts.Any(p => p is RefIs) ? new(PortableEvent.Push) : null;
        if (trigger is null) return condition is null ? new(PortableEvent.Push) { Paths = paths, Source = rule.Range } : null;
        foreach (var part in parts)
            if (part is not EventIs && Narrow(trigger, part) is var narrowed)
                if (narrowed is null) return null;
                else trigger = narrowed;
        if (trigger.Event == PortableEvent.Push && (trigger.Branches is not null || trigger.IgnoredBranches.Count > 0) && trigger.Tags is null) trigger = trigger with { Tags = [] };
        else if (trigger.Event == PortableEvent.Push && trigger.Tags is not null && trigger.Branches is null) trigger = trigger with { Branches = [] };
        return trigger with { Branches = trigger.Branches is ["**"] ? null : trigger.Branches, Tags = trigger.Event != PortableEvent.Push ? [] : trigger.Tags is ["**"] ? null : trigger.Tags, Paths = paths, Source = rule.Range };
    }

    private static PortableTrigger? Narrow(PortableTrigger trigger, PortableCondition part) => part switch
    {
        RefIs { Tag: false } branch when trigger.Event == PortableEvent.Push && trigger.Branches is null => trigger with { Branches = [branch.Pattern ?? "**"] },
        RefIs tag when tag.Tag && trigger.Event == PortableEvent.Push && trigger.Tags is null => trigger with { Tags = [tag.Pattern ?? "**"] },
        TargetIs target when trigger.Event == PortableEvent.PullRequest && trigger.Branches is null => trigger with { Branches = [target.Branch] },
        AnyOf any when any.Parts.All(p => p is TargetIs) && trigger.Event == PortableEvent.PullRequest && trigger.Branches is null => trigger with { Branches = [.. any.Parts.Select(p => ((TargetIs)p).Branch)] },
        AnyOf any when any.Parts.All(p => p is RefIs { Tag: false }) && trigger.Event == PortableEvent.Push && trigger.Branches is null => trigger with { Branches = [.. any.Parts.Select(p => ((RefIs)p).Pattern ?? "**")] },
        AnyOf any when any.Parts.All(p => p is RefIs { Tag: true }) && trigger.Event == PortableEvent.Push && trigger.Tags is null => trigger with { Tags = [.. any.Parts.Select(p => ((RefIs)p).Pattern ?? "**")] },
        Not { Part: RefIs { Tag: false, Pattern: { } pattern } } when trigger.Event == PortableEvent.Push => trigger with { IgnoredBranches = [.. trigger.IgnoredBranches, pattern] },
        Not { Part: TargetIs target } when trigger.Event == PortableEvent.PullRequest => trigger with { IgnoredBranches = [.. trigger.IgnoredBranches, target.Branch] },
        // what is no tag is a branch, and what is no branch a tag
        Not { Part: RefIs { Pattern: null, Tag: true } } when trigger.Event == PortableEvent.Push => trigger with { Branches = trigger.Branches ?? ["**"] },
        Not { Part: RefIs { Pattern: null, Tag: false } } when trigger.Event == PortableEvent.Push => trigger with { Tags = trigger.Tags ?? ["**"] },
        // a proposed change has no branch of its own
        Not { Part: RefIs } when trigger.Event == PortableEvent.PullRequest => trigger,
        // nor has another event one that a change is proposed to
        Not { Part: TargetIs } when trigger.Event != PortableEvent.PullRequest => trigger,
        // a rule that shuts out another event says nothing of this one
        Not { Part: EventIs e } when e.Event != trigger.Event => trigger,
        _ => null,
    };

    private static IReadOnlyList<string> Paths(YamlNode? changes) => [.. (changes is YamlMapping ? changes.Get("paths") : changes).ItemsOrSelf().Select(p => p.Text()).OfType<string>().Select(p => p.EndsWith("**/*", StringComparison.Ordinal) ? p[..^2] : p)];

    /// <summary>A pattern of files: two stars mean folders alone on GitLab, and everything elsewhere.</summary>
    public static string Path(string glob) => DoubleStar().Replace(glob, m => m.Groups[1].Success ? "**/*" + m.Groups[1].Value : "**/*");

    [GeneratedRegex(@"\*\*(?:([^/*])|\z)")]
    private static partial Regex DoubleStar();

    // two rules for pushes, one of branches and one of tags, are one trigger
    private static void Add(List<PortableTrigger> found, PortableTrigger trigger)
    {
        var at = found.FindIndex(t => t.Event == trigger.Event);
        if (at < 0) { found.Add(trigger); return; }
        var known = found[at];
        if (!known.Paths.SequenceEqual(trigger.Paths)) { found.Add(trigger); return; }
        found[at] = known with { Branches = Joined(known.Branches, trigger.Branches), Tags = Joined(known.Tags, trigger.Tags), IgnoredBranches = [.. known.IgnoredBranches.Union(trigger.IgnoredBranches)] };
    }

    private static IReadOnlyList<string>? Joined(IReadOnlyList<string>? one, IReadOnlyList<string>? other) => one is null || other is null ? null : [.. one.Concat(other).Distinct()];

    /// <summary>The rules that say the same, each with the files it is bound to.</summary>
    public static IEnumerable<(string If, IReadOnlyList<string> Changes, PortableTrigger Trigger)> Write(IEnumerable<PortableTrigger> triggers, CarriageLog log)
    {
        foreach (var trigger in triggers)
        {
            if (trigger.IgnoredPaths.Count > 0) log.Left(trigger.Source, $"the files {string.Join(", ", trigger.IgnoredPaths)} start nothing: GitLab has no list of files to leave out", "name in changes: the files that start it");
            if (trigger.Event == PortableEvent.Schedule && trigger.Crons.Count > 0) log.Left(trigger.Source, $"the times {string.Join(" and ", trigger.Crons)} are kept in the project's settings", "Build > Pipeline schedules");
            foreach (var condition in Conditions(trigger))
                yield return (GitLabIf.Write(condition), trigger.Paths, trigger);
        }
    }

    private static List<PortableCondition> Conditions(PortableTrigger trigger)
    {
        var happens = new EventIs(trigger.Event);
        if (trigger.Event == PortableEvent.PullRequest && trigger.Branches is not { Count: 0 })
            return [PortableCondition.All([happens, trigger.Branches is { } targets ? PortableCondition.Any(targets.Select(t => new TargetIs(t))) : null, .. trigger.IgnoredBranches.Select(t => new Not(new TargetIs(t)))])!];
        if (trigger.Event != PortableEvent.Push) return [happens];
        if (trigger is { Branches: null, Tags: null, IgnoredBranches.Count: 0 }) return [happens];
        var ways = new List<PortableCondition>();
        var ignored = trigger.IgnoredBranches.Select(b => new Not(new RefIs(false, b)));
        if (trigger.Branches is not { Count: 0 })
            ways.Add(PortableCondition.All([happens, trigger.Branches is { } branches ? PortableCondition.Any(branches.Select(b => new RefIs(false, b))) : new RefIs(false, null), .. ignored])!);
        if (trigger.Tags is not { Count: 0 })
            ways.Add(PortableCondition.All(happens, trigger.Tags is { } tags ? PortableCondition.Any(tags.Select(t => new RefIs(true, t))) : new RefIs(true, null))!);
        return ways;
    }
}
