using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;

namespace Signalbox.Pipelines.AzurePipelines.Portable;

/// <summary>
/// Files that a pattern names. Azure publishes one folder or file, and no pattern (learn.microsoft.com, "PublishPipelineArtifact@1: targetPath"): what the
/// pattern names is copied into a folder of its own first ("CopyFiles@2").
/// </summary>
internal static class AzureArtifacts
{
    private const string Staging = "$(Build.ArtifactStagingDirectory)/";

    /// <summary>Whether its paths are more than folders and files.</summary>
    public static bool HasPatterns(UploadStep upload) => upload.Paths.Any(p => p.ToString().StartsWith('!') || p.Parts.Any(l => l.Literal?.AsSpan().IndexOfAny('*', '?', '[') >= 0));

    /// <summary>The folder that the files are copied into.</summary>
    /// <param name="name">The artifact's name, as it is written.</param>
    public static string Folder(string name) => Staging + name;

    /// <summary>The patterns, a line each: what may be a folder's name is all in it, too.</summary>
    /// <param name="root">The folder that they are below; null for the sources.</param>
    public static IEnumerable<PortableText> Contents(UploadStep upload, string? root)
    {
        foreach (var path in upload.Paths)
        {
            var below = path.Map(l => l.StartsWith("./", StringComparison.Ordinal) ? l[2..] : l);
            var (no, literal) = below.Literal is ['!', .. var rest] ? ("!", rest) : ("", below.Literal);
            if (literal is null) { yield return below; continue; }
            if (root is not null && (literal + "/").StartsWith(root + "/", StringComparison.Ordinal)) literal = literal.Length <= root.Length + 1 ? "**" : literal[(root.Length + 1)..];
            if (literal is "." or "./") literal = "**";
            if (literal.EndsWith('/')) literal += "**";
            yield return PortableText.Of(no + literal);
            if (!literal.EndsWith("**", StringComparison.Ordinal) && !literal[(literal.LastIndexOf('/') + 1)..].Contains('.')) yield return PortableText.Of($"{no}{literal}/**");
        }
    }

    /// <summary>The paths that a copy means whose folder the step behind it keeps; null where it is another.</summary>
    public static IReadOnlyList<string>? Copied(Step copy, Step? next)
    {
        if (copy.Uses?.Is("CopyFiles") != true || next?.Node.Text("publish") is not { } kept || copy.Input("TargetFolder") is not { } target) return null;
        if (!target.StartsWith(Staging, StringComparison.OrdinalIgnoreCase) || target != kept || copy.Condition?.Text != next.Condition?.Text || copy.Node.Text("continueOnError") != next.Node.Text("continueOnError")) return null;
        if (copy.Inputs.Any(i => i.Name.ToLowerInvariant() is not ("sourcefolder" or "contents" or "targetfolder")) || copy.Input("SourceFolder") is { } odd && odd.Contains('$')) return null;
        var root = copy.Input("SourceFolder") is { Length: > 0 } folder ? folder.TrimEnd('/') + "/" : "";
        List<string> lines = [.. (copy.Input("Contents") ?? "**").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];
        return [.. lines.Where(l => !l.EndsWith("/**", StringComparison.Ordinal) || !lines.Contains(l[..^3])).Select(l => l.StartsWith('!') ? $"!{root}{l[1..]}" : l == "**" && root.Length > 0 ? root.TrimEnd('/') : root + l)];
    }
}
