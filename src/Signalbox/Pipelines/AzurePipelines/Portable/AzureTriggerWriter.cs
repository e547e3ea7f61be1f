using System.Text.RegularExpressions;
using Signalbox.Pipelines.Portable;
using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.AzurePipelines.Portable;

/// <summary>Writes <c>trigger</c>, <c>pr</c> and <c>schedules</c>; each is said also where nothing starts it, for silence means always.</summary>
internal static partial class AzureTriggerWriter
{
    public static void Add(OutMap root, IReadOnlyList<PortableTrigger> triggers, CarriageLog log)
    {
        foreach (var trigger in triggers.Where(t => t.Event is not PortableEvent.Called)) log.Whole(trigger.Source, $"on {trigger.Event}");
        foreach (var trigger in triggers.GroupBy(t => t.Event).SelectMany(g => g.Skip(1))) log.Left(trigger.Source, $"a second trigger on {trigger.Event} is not carried");
        root.Add("trigger", triggers.FirstOrDefault(t => t.Event == PortableEvent.Push) is { } push && Push(push, log) is { IsEmpty: false } filters ? filters : new OutText("none"));
        var change = triggers.FirstOrDefault(t => t.Event == PortableEvent.PullRequest);
        if (change is not null) log.Changed(change.Source, "a proposed change starts it only where the repository is on GitHub or Bitbucket", "elsewhere a branch policy: Build validation");
        root.Add("pr", change is null ? new OutText("none") : Filters(change, Included(change, change.Branches, log) ?? ["*"], null, log));
        if (triggers.FirstOrDefault(t => t.Event == PortableEvent.Schedule) is { } schedule) Schedule(root, schedule, log);
        if (triggers.FirstOrDefault(t => t.Event == PortableEvent.Called) is { } called) log.Left(called.Source, "being called by another pipeline is not carried", "resources: { pipelines: [{ pipeline: before, source: NAME, trigger: true }] }");
    }

    private static OutMap Push(PortableTrigger push, CarriageLog log)
    {
        var (branches, tags) = (Included(push, push.Branches, log) ?? ["*"], Included(push, push.Tags, log) ?? ["*"]);
        return branches.Count + tags.Count == 0 ? new() : Filters(push, branches, tags, log);
    }

    private static IReadOnlyList<string>? Included(PortableTrigger trigger, IReadOnlyList<string>? globs, CarriageLog log)
    {
        foreach (var set in globs?.Where(g => !IsSaid(g)) ?? []) log.Left(trigger.Source, $"the pattern {set} is not carried: Azure has no sets of characters, and no branch of that name", "a pattern with *, and a condition in the script");
        return globs is null ? null : [.. globs.Where(IsSaid).Select(Glob)];
    }

    // what would leave out more than was asked for is left out itself: the pipeline starts too often, never too seldom
    private static IEnumerable<string> Ignored(PortableTrigger trigger, CarriageLog log)
    {
        foreach (var odd in trigger.IgnoredBranches.Where(b => !IsSaid(b))) log.Left(trigger.Source, $"the pattern {odd} of what is ignored is not carried: the pipeline starts for it, too", "Azure has no sets of characters: a condition in the script");
        return trigger.IgnoredBranches.Where(IsSaid).Select(Glob);
    }

    // git-scm.com, "git check-ref-format": no branch has a colon or a space, and Azure takes no pattern with one
    private static bool IsSaid(string glob) => !RefGlob.IsPattern(glob.Replace("*", "", StringComparison.Ordinal)) && glob.IndexOfAny([':', ' ', '~', '^', '\\', '[', ']']) < 0;

    // a star takes slashes, too
    private static string Glob(string glob) => glob.Replace("**", "*", StringComparison.Ordinal);

    private static OutMap Filters(PortableTrigger trigger, IReadOnlyList<string> branches, IReadOnlyList<string>? tags, CarriageLog log)
    {
        var map = new OutMap();
        map.Add("branches", new OutMap().Add("include", branches).Add("exclude", branches.Count > 0 ? Ignored(trigger, log) : []));
        if (tags is not null) map.Add("tags", new OutMap().Add("include", tags));
        return map.Add("paths", new OutMap().Add("include", PathsIncluded(trigger, log)).Add("exclude", PathsIgnored(trigger, log)));
    }

    // learn.microsoft.com, "Path filters": a star, two of them and a question mark stand for others, nothing else does
    private static List<string> PathsIncluded(PortableTrigger trigger, CarriageLog log)
    {
        var paths = new List<string>();
        foreach (var path in trigger.Paths)
        {
            var said = OneOfASet().Replace(path.Trim('/'), m => m.Value.EndsWith('+') ? "*" : "?");
            if (said != path.Trim('/')) log.Changed(trigger.Source, $"the pattern {path} is {said}, which more files fit", "Azure has no sets of characters and no spaces in a path");
            paths.Add(said.Length == 0 ? "*" : said);
        }
        return paths;
    }

    private static List<string> PathsIgnored(PortableTrigger trigger, CarriageLog log)
    {
        // what would leave out more files than was asked for is left out itself: the pipeline starts too often, never too seldom
        foreach (var odd in trigger.IgnoredPaths.Where(p => OneOfASet().IsMatch(p))) log.Left(trigger.Source, $"the pattern {odd} of what is ignored is not carried: the pipeline starts for it, too", "Azure has no sets of characters and no spaces in a path: name the folder");
        return [.. trigger.IgnoredPaths.Where(p => !OneOfASet().IsMatch(p)).Select(p => p.Trim('/'))];
    }

    [GeneratedRegex(@"\[[^\]/]*\]\+?|[~^: \[\]\\]")]
    private static partial Regex OneOfASet();

    private static void Schedule(OutMap root, PortableTrigger schedule, CarriageLog log)
    {
        if (schedule.Crons.Count == 0) { log.Left(schedule.Source, "the times of the schedule are not in the file", "schedules: [{ cron: '0 3 * * *', branches: { include: [main] } }]"); return; }
        log.Changed(schedule.Source, "the schedule runs for the branch main", "name the repository's own main branch");
        root.Add("schedules", new OutList([.. schedule.Crons.Select(c => (YamlOut)new OutMap().Add("cron", c).Add("branches", new OutMap().Add("include", ["main"])).Add("always", true))]));
    }
}
