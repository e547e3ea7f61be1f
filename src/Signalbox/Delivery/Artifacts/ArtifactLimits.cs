using Signalbox.Diagnostics;

namespace Signalbox.Delivery.Artifacts;

/// <summary>What an artifact may be at most; one past it is refused whole.</summary>
/// <param name="MaxEntries">Files, directories and links together.</param>
/// <param name="MaxBytes">Of all files' content.</param>
/// <param name="MaxRatio">Content bytes to compressed bytes, looked at from 1 MiB of content on; DEFLATE cannot exceed 1032.</param>
/// <param name="MaxPathBytes">Of one path in UTF-8 (Linux PATH_MAX).</param>
/// <param name="MaxNameBytes">Of one part of a path in UTF-8 (Linux NAME_MAX).</param>
public sealed record ArtifactLimits(
    int MaxEntries = 200_000, long MaxBytes = 2L << 30, int MaxRatio = 200, int MaxPathBytes = 4096, int MaxNameBytes = 255)
{
    public static ArtifactLimits Default { get; } = new();
}

/// <summary>An artifact as packed.</summary>
/// <param name="Digest">Of the OCI manifest of its one layer: the artifact's name everywhere.</param>
/// <param name="LayerDigest">Of the canonical tar itself.</param>
/// <param name="Size">Bytes of the canonical tar.</param>
/// <param name="Files">Files and links in it; directories are not counted.</param>
public sealed record PackedArtifact(Digest Digest, Digest LayerDigest, long Size, int Files);

/// <summary>Why an archive or directory is no artifact.</summary>
/// <param name="id">kebab-case and stable, beginning with <c>artifact-</c>.</param>
/// <param name="entry">The offending entry's name, or null where the archive as a whole is meant.</param>
public sealed class ArtifactRefusedException(string id, string message, string? entry = null) : Exception(message)
{
    public string Id { get; } = id;

    public string? Entry { get; } = entry;

    /// <summary>The refusal as users see it.</summary>
    /// <param name="artifact">What the message calls the artifact: its path, or its digest.</param>
    public Finding ToFinding(string artifact) => Finding.Error(Id, Message, new(artifact), Help());

    private string? Help() => (Id, Entry) switch
    {
        ("artifact-link-outside" or "artifact-link" or "artifact-device", { } name) => $"echo '/{ArtifactPath.Show(name)}' >> {IgnoreRules.FileName}",
        ("artifact-setuid", { } name) => $"chmod ug-s '{ArtifactPath.Show(name)}'",
        ("artifact-too-many-entries" or "artifact-too-large", _) => $"echo 'DIRECTORY/' >> {IgnoreRules.FileName}",
        _ => null,
    };
}
