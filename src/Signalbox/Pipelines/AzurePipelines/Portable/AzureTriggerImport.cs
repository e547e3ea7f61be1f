using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines.Portable;

/// <summary>
/// What <c>trigger</c> and <c>pr</c> mean: without tags only branches start it, without branches beside tags only tags do, and a tag may stand among the
/// branches as <c>refs/tags/…</c> (learn.microsoft.com, "Build Azure Repos Git repositories: CI triggers").
/// </summary>
internal static class AzureTriggerImport
{
    private const string Heads = "refs/heads/", TagsOf = "refs/tags/";

    /// <summary>A push; null where no push starts it.</summary>
    public static PortableTrigger? Push(YamlNode? node, TextRange place, CarriageLog log)
    {
        var (said, tags) = (Branches(node), node.Get("tags"));
        var (included, excluded) = (Included(said), Texts(said.Get("exclude")));
        List<string> left = [.. Texts(tags.Get("exclude")), .. excluded.Where(IsTag)];
        IReadOnlyList<string>? asked = [.. Included(tags) ?? [], .. (included ?? []).Where(IsTag)];
        if (asked.Count == 0) asked = tags is not null && Included(tags) is null ? null : [];
        var trigger = Filtered(new(PortableEvent.Push) { Tags = left.Exists(IsAll) ? [] : Any(asked), Source = place }, node, included is null && said is null && tags is not null ? [] : included, excluded);
        if (left.Count > 0 && trigger is { Tags: not { Count: 0 } }) log.Left((tags.Get("exclude") ?? said!).Range, "the tags left out are not carried", "say which tags are meant");
        return trigger;
    }

    /// <summary>A change that is proposed; null where none starts it.</summary>
    public static PortableTrigger? Change(YamlNode? node, TextRange place) =>
        Filtered(new(PortableEvent.PullRequest) { Tags = [], Source = place }, node, Included(Branches(node)), Texts(Branches(node).Get("exclude")));

    private static PortableTrigger? Filtered(PortableTrigger trigger, YamlNode? node, IReadOnlyList<string>? included, IReadOnlyList<string> excluded)
    {
        var without = excluded.Where(e => !IsTag(e)).Select(Glob).ToList();
        var branches = without.Contains("**") ? [] : Any(included?.Where(b => !IsTag(b)).ToList());
        var (paths, others) = (Texts(node.Get("paths", "include")), Texts(node.Get("paths", "exclude")));
        // what is named is meant all the same; where nothing is, every file is left out
        if (others.Any(IsEveryFile) && paths.Count == 0 || branches is { Count: 0 } && trigger.Tags is { Count: 0 }) return null;
        return trigger with
        {
            Branches = branches,
            IgnoredBranches = branches is { Count: 0 } ? [] : without,
            Paths = paths.Any(IsEveryFile) ? [] : Paths(paths),
            IgnoredPaths = Paths(others.Where(p => !IsEveryFile(p))),
        };
    }

    private static YamlNode? Branches(YamlNode? node) => node is YamlSequence ? node : node.Get("branches");

    private static IReadOnlyList<string>? Included(YamlNode? filter) => filter switch { null => null, YamlMapping map => map.Get("include") is { } include ? Texts(include) : null, _ => Texts(filter) };

    private static IReadOnlyList<string> Texts(YamlNode? node) => [.. node.ItemsOrSelf().Select(i => i.Text()).OfType<string>()];

    private static bool IsTag(string name) => name.StartsWith(TagsOf, StringComparison.Ordinal);

    private static bool IsAll(string name) => Glob(name) == "**";

    private static bool IsEveryFile(string path) => path is "*" or "**" or "/" or "/*" or "/**" or "**/*" or "." or "./";

    // what takes any restricts nothing
    private static IReadOnlyList<string>? Any(IReadOnlyList<string>? names) => names is null || names.Any(IsAll) ? null : [.. names.Select(Glob)];

    // a star takes slashes, too
    private static string Glob(string name) => (name.StartsWith(Heads, StringComparison.Ordinal) ? name[Heads.Length..] : IsTag(name) ? name[TagsOf.Length..] : name)
        .Replace("**", "*", StringComparison.Ordinal).Replace("*", "**", StringComparison.Ordinal);

    // a folder stands for all in it, and a star at the end takes slashes, too
    private static IReadOnlyList<string> Paths(IEnumerable<string> paths) =>
    [
        .. paths.SelectMany(p => p.EndsWith("/*", StringComparison.Ordinal) ? [p + "*"] : p.EndsWith('/') ? [p + "**"]
            : p.Contains('*') || p[(p.LastIndexOf('/') + 1)..].Contains('.') ? (IEnumerable<string>)[p] : [p, p + "/**"]).Distinct(),
    ];
}
