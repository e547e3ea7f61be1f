using Signalbox.Cli.Verbs;
using Signalbox.Delivery;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Design;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Cli.Designing;

/// <summary>What Git says of a folder that a pipeline is designed for.</summary>
internal sealed class DesignedRepository(string root, CancellationToken cancel)
{
    private static readonly string[] s_usual = ["main", "master"];

    public async Task<RemoteRepository?> RemoteAsync() => RemoteRepository.Parse(await AskAsync("remote", "get-url", "origin"));

    /// <summary>
    /// The main branch. A checkout of CI knows no <c>origin/HEAD</c> and stands on no branch: there what was last written says it, so that the same is designed
    /// as where a person ran it.
    /// </summary>
    /// <returns>With where it was seen; null where nothing tells it.</returns>
    public async Task<Seen?> BranchAsync(Platform platform, DesignFiles files)
    {
        const string Remote = "refs/remotes/origin/";
        if (await AskAsync("symbolic-ref", Remote + "HEAD") is { } full && full.StartsWith(Remote, StringComparison.Ordinal) && Plain(full[Remote.Length..]) is { } head) return new(head, "git: origin/HEAD");
        var key = ConvertVerb.Word(platform);
        if (Plain(Written(platform, files.LastWritten(key))) is { } last) return new(last, DesignFiles.BaseOf(key));
        var known = ((await AskAsync("for-each-ref", "--format=%(refname)", "refs/heads", Remote)) ?? "").Split('\n')
            .Select(name => Plain(name.Replace("refs/heads/", "", StringComparison.Ordinal).Replace(Remote, "", StringComparison.Ordinal))).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (known is [var only]) return new(only, "git: the only branch");
        if (s_usual.Where(known.Contains).ToList() is [var usual]) return new(usual, "git: branch");
        if (Plain(await AskAsync("config", "init.defaultBranch")) is { } first && known.Contains(first)) return new(first, "git: init.defaultBranch");
        return Plain(await AskAsync("symbolic-ref", "--short", "HEAD")) is { } current ? new(current, "git: HEAD") : null;
    }

    /// <summary>The repository's top, where the folder lies below it and is part of it; platforms look for pipelines at the top alone.</summary>
    public async Task<string?> TopAboveAsync() => await AskAsync("rev-parse", "--show-prefix") is { Length: > 0 } && await AskAsync("check-ignore", "--quiet", ".") is null
        ? await AskAsync("rev-parse", "--show-toplevel") : null;

    /// <summary>The branch that a pipeline of design's delivers.</summary>
    private static string? Written(Platform platform, string? text)
    {
        if (text is null || PipelineConversion.Read(platform, PipelineConversion.FileOf(platform), new(text), new CarriageLog(), out _) is not { } pipeline) return null;
        if (pipeline.Triggers.FirstOrDefault(t => t.Event == PortableEvent.Push)?.Branches is [var only]) return only;
        return pipeline.Jobs.SelectMany(j => Parts(j.If)).OfType<RefIs>().FirstOrDefault(r => !r.Tag)?.Pattern;
    }

    private static List<PortableCondition> Parts(PortableCondition? condition)
    {
        var parts = new List<PortableCondition>();
        condition?.Map(part =>
        {
            parts.Add(part);
            return part;
        });
        return parts;
    }

    // only what can be chosen as one, too
    private static string? Plain(string? name) => name is { Length: > 0 } && name != "HEAD" && DesignTable.IsBranch(name) ? name : null;

    private async Task<string?> AskAsync(params string[] arguments) => await GitProgram.RunAsync(root, arguments, cancel) is { Code: 0, Output: var said } ? said.Trim() : null;
}
