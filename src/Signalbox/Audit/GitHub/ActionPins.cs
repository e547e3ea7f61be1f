using System.Runtime.CompilerServices;
using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Pipelines.GitHubActions;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitHub;

/// <param name="Commit">40 hexadecimal digits.</param>
/// <param name="Version">The tag as the comment beside the commit says it.</param>
internal sealed record ActionPin(string Repository, string Commit, string Version, Diagnostics.Location At);

/// <summary>Which commit belongs to which version, as the repository's own files say it: <c>owner/name@commit # v1.2.3</c>.</summary>
internal sealed class ActionPins(IEnumerable<ActionPin> pins)
{
    // thousands of files may name one commit: the first says as much as all
    private readonly ILookup<string, ActionPin> _byRepository =
        pins.DistinctBy(p => (p.Repository.ToLowerInvariant(), p.Commit, p.Version)).ToLookup(p => p.Repository, StringComparer.OrdinalIgnoreCase);

    /// <summary>What is known of one action's repository, <c>owner/name</c>.</summary>
    public IEnumerable<ActionPin> Of(string repository) => _byRepository[repository];

    /// <summary>The one commit known for a tag of an action; null where there is none, or more than one.</summary>
    public ActionPin? Commit(string repository, string tag)
    {
        var own = Of(repository).ToList();
        if (own.Find(p => p.Version == tag) is { } exact && own.All(p => p.Version != tag || p.Commit == exact.Commit)) return own.Where(p => p.Commit == exact.Commit).MaxBy(p => p.Version.Length);
        var found = own.FindAll(p => Fits(p.Version, tag));
        return found.Count > 0 && found.All(p => p.Commit == found[0].Commit) ? found.MaxBy(p => p.Version.Length) : null;
    }

    /// <summary><c>v4.2.2</c> is a version of <c>v4</c>, <c>v4.2</c> and <c>v4.2.2</c>.</summary>
    private static bool Fits(string version, string tag) =>
        version == tag || (version.StartsWith(tag + ".", StringComparison.Ordinal) && tag.Length > 0 && char.IsAsciiDigit(tag[^1]));

    internal static ActionPins Read(Repository repository)
    {
        var pins = new List<ActionPin>();
        foreach (var (file, workflow) in repository.All<GitHubWorkflow>()) Read(file, workflow.Pipeline, pins);
        foreach (var (file, action) in repository.All<GitHubAction>()) Read(file, action.Fragment, pins);
        foreach (var (file, known) in repository.All<ActionLock>()) Read(file, known, pins);
        foreach (var (file, asked) in repository.All<AskedLock>()) Read(file, asked.Lock, pins);
        return new(pins);
    }

    private static void Read(SourceFile file, ActionLock known, List<ActionPin> pins)
    {
        foreach (var (tag, commit) in known.TagsOf())
            if (VersionComment.IsVersion(tag)) pins.Add(new(known.Repository, commit, tag, new(file.Path)));
    }

    private static void Read(SourceFile file, Pipeline pipeline, List<ActionPin> pins)
    {
        foreach (var job in pipeline.Jobs)
        {
            if (job.Calls is { } calls) Read(file, calls, pins);
            foreach (var step in job.Steps)
                if (step.Uses is { } uses) Read(file, uses, pins);
        }
    }

    private static void Read(SourceFile file, UsedCode uses, List<ActionPin> pins)
    {
        if (uses is { Ref: { Length: 40 } commit } && commit.All(char.IsAsciiHexDigit) && VersionComment.After(file.Text, uses.Range.End) is { Version: { } version })
            pins.Add(new(uses.Repository, commit.ToLowerInvariant(), version, file.At(uses.Range)));
    }
}

/// <summary>A comment behind a value that names a version: <c># v1.2.3</c>, <c># tag=v1.2.3</c>, <c># pin@v1</c>.</summary>
internal readonly record struct VersionComment(string? Version, TextRange Range)
{
    public static VersionComment? After(YamlText text, int index)
    {
        var content = text.Content;
        var end = content.IndexOf('\n', index);
        if (end < 0) end = content.Length;
        var hash = content.IndexOf('#', index, end - index);
        if (hash < 0) return null;
        var at = hash + 1;
        while (at < end && content[at] == ' ') at++;
        foreach (var prefix in (ReadOnlySpan<string>)["tag=", "ratchet:exclude", "pin@", "version:", "renovate: tag="])
            if (content.AsSpan(at, end - at).StartsWith(prefix)) at += prefix.Length;
        var stop = at;
        while (stop < end && !char.IsWhiteSpace(content[stop]) && content[stop] is not (',' or ';' or ')')) stop++;
        var word = content[at..stop];
        return new(IsVersion(word) ? word : null, new(at, stop));
    }

    public static bool IsVersion(string word)
    {
        var digits = word.AsSpan(word.Length > 0 && word[0] is 'v' or 'V' ? 1 : 0);
        return digits.Length > 0 && char.IsAsciiDigit(digits[0]) && digits.IndexOfAnyExcept(System.Buffers.SearchValues.Create("0123456789.-+abcdefghijklmnopqrstuvwxyz")) < 0;
    }
}

internal static class RepositoryPins
{
    private static readonly ConditionalWeakTable<Repository, ActionPins> s_pins = [];

    /// <summary>The pins of the repository, read once.</summary>
    public static ActionPins Pins(this Repository repository) => s_pins.GetValue(repository, ActionPins.Read);
}
