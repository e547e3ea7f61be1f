using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;

namespace Signalbox.Pipelines.Local.Caching;

/// <param name="Link">The target's name where it is a link; then it has no content.</param>
internal sealed record OutputFile(string Path, Digest Content, long Size, bool Executable, string? Link);

/// <summary>Finds what a job made.</summary>
internal static class OutputFiles
{
    public const int MostFiles = 100_000;

    /// <returns>In order of their names.</returns>
    /// <exception cref="ArtifactRefusedException">There is a link that leads out, a device, or more than <see cref="MostFiles"/>.</exception>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static IReadOnlyList<OutputFile> Find(IReadOnlyList<string> patterns, FileDigests digests)
    {
        var found = new SortedDictionary<string, OutputFile>(StringComparer.Ordinal);
        foreach (var path in Paths(patterns, digests).Where(path => !found.ContainsKey(path)))
        {
            found[path] = Read(path, digests);
            if (found.Count > MostFiles) throw new ArtifactRefusedException("artifact-too-many", string.Create(CultureInfo.InvariantCulture, $"the outputs are more than {MostFiles} files"));
        }
        return [.. found.Values];
    }

    /// <returns>What is there of them, by name alone; what several patterns mean several times.</returns>
    /// <exception cref="ArtifactRefusedException">A pattern begins behind a link.</exception>
    public static IEnumerable<string> Paths(IReadOnlyList<string> patterns, FileDigests digests) =>
        patterns.Select(PathGlob.Parse).SelectMany(glob => Below(glob, digests).Where(glob.Matches));

    /// <summary>Whether a kept result may write a file: its job's patterns mean it, and neither it nor its link leads out.</summary>
    public static bool Allows(IReadOnlyList<string> patterns, OutputFile file)
    {
        try
        {
            if (ArtifactPath.Normalise(file.Path, ArtifactLimits.Default) != file.Path || SourceFiles.IsOwn(file.Path)) return false;
            if (file.Link is { } target) ArtifactPath.CheckLink(file.Path, target);
            return patterns.Select(PathGlob.Parse).Any(glob => glob.Matches(file.Path));
        }
        catch (ArtifactRefusedException)
        {
            return false;
        }
    }

    /// <summary>The patterns that name one file or directory, which is not there.</summary>
    public static IEnumerable<string> Missing(IReadOnlyList<string> patterns, FileDigests digests) =>
        patterns.Select(PathGlob.Parse).Where(glob => glob.IsLiteral && digests.StatOf(string.Join('/', glob.Fixed)) is null).Select(glob => glob.Text);

    /// <summary>One digest for all of them: names, content, who may execute, links.</summary>
    public static Digest DigestOf(IReadOnlyList<OutputFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Content.Hex} {(file.Link is not null ? 'l' : file.Executable ? 'x' : '-')} {file.Path}\n"));
        return Digest.FromHash(hash.GetHashAndReset());
    }

    /// <summary>Whether a directory on the way to it is a link: then it lies elsewhere.</summary>
    public static bool PassesLink(string path, FileDigests digests)
    {
        for (var at = path.IndexOf('/'); at >= 0; at = path.IndexOf('/', at + 1))
            if (digests.StatOf(path[..at]) is { Kind: not FileKind.Directory }) return true;
        return false;
    }

    private static IEnumerable<string> Below(PathGlob glob, FileDigests digests)
    {
        var start = string.Join('/', glob.Fixed);
        if (start.Length > 0 && PassesLink(start, digests)) throw ArtifactPath.Refused("artifact-link-outside", start, "lies behind a link");
        if (start.Length > 0 && digests.StatOf(start) is not { Kind: FileKind.Directory })
        {
            if (digests.StatOf(start) is not null) yield return start;
            yield break;
        }
        var open = new Stack<string>([start]);
        while (open.TryPop(out var directory))
            foreach (var info in new DirectoryInfo(Path.Combine(digests.Root, directory)).EnumerateFileSystemInfos())
            {
                var path = directory.Length == 0 ? info.Name : $"{directory}/{info.Name}";
                if (path is ".git" or ".signalbox") continue;
                if (info is not DirectoryInfo || info.LinkTarget is not null) yield return path;
                else if (glob.MayMatchBelow(path)) open.Push(path);
            }
    }

    private static OutputFile Read(string path, FileDigests digests)
    {
        ArtifactPath.Normalise(path, ArtifactLimits.Default);
        if (digests.Of(path) is not var (stat, digest)) throw ArtifactPath.Refused("artifact-device", path, "is a device, pipe or socket");
        if (stat.Kind != FileKind.Link) return new(path, digest, stat.Size, stat.Executable, null);
        var target = digests.LinkOf(path);
        ArtifactPath.CheckLink(path, target);
        return new(path, digest, 0, false, target);
    }
}
