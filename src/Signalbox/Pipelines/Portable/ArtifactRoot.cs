namespace Signalbox.Pipelines.Portable;

/// <summary>
/// The folder whose content an artifact holds. GitHub and Azure take the folder that all its files have in common off their paths, and bring them
/// to wherever they are told; GitLab and Jenkins bring them to where they were
/// (docs.github.com, "actions/upload-artifact"; learn.microsoft.com, "Publish and download pipeline artifacts").
/// </summary>
internal static class ArtifactRoot
{
    /// <summary>Relative to the sources, <c>.</c> for the sources themselves; null where no step keeps it, or its paths are known only when it runs.</summary>
    public static string? Of(PortablePipeline pipeline, PortableText? name)
    {
        var kept = name is null ? null : pipeline.Jobs.SelectMany(j => j.Steps).OfType<UploadStep>().FirstOrDefault(u => u.ArtifactName.ToString() == name.ToString());
        return kept is null ? null : Of(kept);
    }

    /// <summary>The same of one step that keeps it.</summary>
    public static string? Of(UploadStep kept) => !kept.Paths.All(p => p.Literal is not null) ? null
        // what is left out says nothing about what is kept
        : kept.Paths.Select(p => p.Literal!).Where(p => !p.StartsWith('!')).Select(Folder).Aggregate((string?)null, (one, other) => one is null ? other : Common(one, other));

    /// <summary>Reads a platform that takes the common folder off: what comes to where it was says so.</summary>
    public static PortablePipeline Placed(PortablePipeline pipeline) => pipeline with
    {
        Jobs =
        [
            .. pipeline.Jobs.Select(j => j.Steps.Any(s => s is DownloadStep) ? j with { Steps = [.. j.Steps.Select(s => s is DownloadStep { Folder: { } folder } download && Of(pipeline, download.ArtifactName) == Within(folder) ? download with { Folder = null } : s)] } : j),
        ],
    };

    private static string? Within(PortableText folder)
    {
        var text = folder.Parts is [{ Reference.Kind: ReferenceKind.Workspace }, ..] ? PortableText.Of([new(".", null), .. folder.Parts.Skip(1)]).Literal : folder.Literal;
        return text is null ? null : Plain(text);
    }

    private static string Folder(string path)
    {
        var star = path.AsSpan().IndexOfAny('*', '?', '[');
        if (star >= 0) return Plain(path[..(path.LastIndexOf('/', star) + 1)]);
        var plain = Plain(path);
        var slash = plain.LastIndexOf('/');
        // a name with a point in it is a file's
        return path.EndsWith('/') || plain == "." || !plain[(slash + 1)..].Contains('.') ? plain : slash < 0 ? "." : plain[..slash];
    }

    private static string Plain(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".");
        return string.Join('/', parts) is { Length: > 0 } plain ? plain : ".";
    }

    private static string Common(string one, string other)
    {
        var common = one.Split('/').Zip(other.Split('/')).TakeWhile(p => p.First == p.Second).Select(p => p.First).ToList();
        return common.Count == 0 ? "." : string.Join('/', common);
    }
}
