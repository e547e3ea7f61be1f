using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Signalbox.Delivery;
using Signalbox.Delivery.Artifacts;

namespace Signalbox.Pipelines.Local.Caching;

/// <param name="Mode">Who may read, write and execute it, as the job left it.</param>
/// <param name="Link">The target's name where it is a link; then it has no content.</param>
internal sealed record OutputFile(string Path, Digest Content, long Size, UnixFileMode Mode, string? Link)
{
    /// <summary>Whether it is a directory with nothing in it.</summary>
    public bool IsDirectory { get; init; }

    /// <summary>Whether it has content.</summary>
    [JsonIgnore]
    public bool IsFile => Link is null && !IsDirectory;
}

/// <summary>Finds what a job made.</summary>
internal static class OutputFiles
{
    public const int MostFiles = 100_000;

    private static readonly Digest s_nothing = Digest.Of([]);

    /// <returns>In order of their names.</returns>
    /// <exception cref="ArtifactRefusedException">There is a link that leads out, a device, or more than <see cref="MostFiles"/>.</exception>
    /// <exception cref="IOException">One cannot be read.</exception>
    public static IReadOnlyList<OutputFile> Find(IReadOnlyList<string> patterns, FileDigests digests)
    {
        var found = new SortedDictionary<string, OutputFile>(StringComparer.Ordinal);
        foreach (var (path, isEmpty) in All(patterns, digests).Where(one => !found.ContainsKey(one.Path)))
        {
            found[path] = isEmpty ? new(path, s_nothing, 0, UnixFileMode.None, null) { IsDirectory = true } : Read(path, digests);
            if (found.Count > MostFiles) throw new ArtifactRefusedException("artifact-too-many", string.Create(CultureInfo.InvariantCulture, $"the outputs are more than {MostFiles} files"));
        }
        return [.. found.Values];
    }

    /// <returns>What is there of them, by name alone; what several patterns mean several times. Directories are none of it.</returns>
    /// <exception cref="ArtifactRefusedException">A pattern begins behind a link.</exception>
    public static IEnumerable<string> Paths(IReadOnlyList<string> patterns, FileDigests digests) => All(patterns, digests).Where(one => !one.IsEmpty).Select(one => one.Path);

    private static IEnumerable<(string Path, bool IsEmpty)> All(IReadOnlyList<string> patterns, FileDigests digests) =>
        patterns.Select(PathGlob.Parse).SelectMany(glob => Below(glob, digests).Where(one => glob.Matches(one.Path)));

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

    /// <summary>One digest for all of them: names, content, who may execute, links, empty directories. Who may read them is left out, for it goes by each person's umask.</summary>
    public static Digest DigestOf(IReadOnlyList<OutputFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Content.Hex} {(file.IsDirectory ? 'd' : file.Link is not null ? 'l' : file.Mode.HasFlag(UnixFileMode.UserExecute) ? 'x' : '-')} {file.Path}\n"));
        return Digest.FromHash(hash.GetHashAndReset());
    }

    /// <summary>Whether a directory on the way to it is a link: then it lies elsewhere.</summary>
    public static bool PassesLink(string path, FileDigests digests)
    {
        for (var at = path.IndexOf('/'); at >= 0; at = path.IndexOf('/', at + 1))
            if (digests.StatOf(path[..at]) is { Kind: not FileKind.Directory }) return true;
        return false;
    }

    /// <returns>Files and links, and directories that have nothing in them.</returns>
    private static IEnumerable<(string Path, bool IsEmpty)> Below(PathGlob glob, FileDigests digests)
    {
        var start = string.Join('/', glob.Fixed);
        if (start.Length > 0 && PassesLink(start, digests)) throw ArtifactPath.Refused("artifact-link-outside", start, "lies behind a link");
        if (start.Length > 0 && digests.StatOf(start) is not { Kind: FileKind.Directory })
        {
            if (digests.StatOf(start) is not null) yield return (start, false);
            yield break;
        }
        var open = new Stack<string>([start]);
        while (open.TryPop(out var directory))
        {
            var isEmpty = true;
            foreach (var info in new DirectoryInfo(Path.Combine(digests.Root, directory)).EnumerateFileSystemInfos())
            {
                isEmpty = false;
                var path = directory.Length == 0 ? info.Name : $"{directory}/{info.Name}";
                if (path is ".git" or ".signalbox") continue;
                if (info is not DirectoryInfo || info.LinkTarget is not null) yield return (path, false);
                else if (glob.MayMatchBelow(path)) open.Push(path);
            }
            if (isEmpty && directory.Length > 0) yield return (directory, true);
        }
    }

    private static OutputFile Read(string path, FileDigests digests)
    {
        ArtifactPath.Normalise(path, ArtifactLimits.Default);
        if (digests.Of(path) is not var (stat, digest)) throw ArtifactPath.Refused("artifact-device", path, "is a device, pipe or socket");
        if (stat.Kind != FileKind.Link) return new(path, digest, stat.Size, stat.Mode, null);
        var target = digests.LinkOf(path);
        ArtifactPath.CheckLink(path, target);
        return new(path, digest, 0, UnixFileMode.None, target);
    }
}
