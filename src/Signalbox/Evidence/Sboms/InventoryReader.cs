using System.Security.Cryptography;
using System.Text.Json;
using Signalbox.Evidence.Verification;

namespace Signalbox.Evidence.Sboms;

/// <summary>Reads all lockfiles of a project into one inventory. Pure but for the files that it is given; nothing is asked of any network.</summary>
internal static class InventoryReader
{
    /// <summary>Begins the gap of a fault that no reader foresaw; tests look for it.</summary>
    internal const string Unforeseen = "it could not be read";

    /// <param name="paths">All files of the project, relative, with forward slashes.</param>
    /// <param name="read">The bytes of one of them, at most one more than the limit; throws where they cannot be read.</param>
    /// <param name="reading">Told each lockfile before it is read.</param>
    /// <returns>What could be read, and a gap for each file that could not.</returns>
    public static Inventory Read(IReadOnlyCollection<string> paths, Func<string, byte[]> read, LockLimits? limits = null, Action<string>? reading = null)
    {
        limits ??= LockLimits.Default;
        var (merged, gaps, lockfiles) = (new InventoryMerge(), new List<LockGap>(), new List<Lockfile>());
        var files = new Files(paths, read, limits);
        foreach (var path in paths.Order(StringComparer.Ordinal))
        {
            if (LockfileFormats.Of(path) is not { } format) continue;
            if (lockfiles.Count == limits.MaxFiles)
            {
                gaps.Add(new(path, $"it and what comes after it was not read: there are more than {limits.MaxFiles:N0} lockfiles", "signalbox sbom --exclude FOLDER"));
                break;
            }
            reading?.Invoke(path);
            if (ReadOne(path, format, files, limits, gaps) is var (part, digest))
            {
                merged.Add(part);
                lockfiles.Add(new(path, format.Name, digest, part.Components.Count));
            }
        }
        gaps.AddRange(UnlockedManifests.Find(files.Paths, files.Open));
        return merged.Done(lockfiles, [.. gaps.OrderBy(gap => gap.Path, StringComparer.Ordinal).ThenBy(gap => gap.Message, StringComparer.Ordinal)]);
    }

    private static (LockedPart Part, ArtifactDigest Digest)? ReadOne(string path, LockfileFormat format, Files files, LockLimits limits, List<LockGap> gaps)
    {
        try
        {
            var bytes = files.Bytes(path)!;
            if (bytes.Length > limits.MaxBytes) throw new LockRefusedException($"it is larger than {limits.MaxBytes:N0} bytes");
            var graph = new LockGraph(limits);
            format.Read(new(path, bytes, limits, files.Bytes), graph);
            var part = graph.Done();
            gaps.AddRange(graph.Gaps);
            return (part, new("sha256", Convert.ToHexStringLower(SHA256.HashData(bytes))));
        }
        catch (Exception e) when (e is not (OperationCanceledException or OutOfMemoryException))
        {
            gaps.Add(new(path, Reason(e)));
            return null;
        }
    }

    private static string Reason(Exception e) => e switch
    {
        LockRefusedException refused => refused.Message,
        // a name that is half a surrogate pair
        InvalidOperationException => "a text in it is not well-formed",
        JsonException => "it is not JSON as it should be",
        IOException or UnauthorizedAccessException => "it may not be opened",
        _ => $"{Unforeseen}: {e.GetType().Name}",
    };

    /// <summary>The files of the project; what cannot be opened beside another is not there.</summary>
    private sealed class Files(IReadOnlyCollection<string> paths, Func<string, byte[]> read, LockLimits limits)
    {
        private readonly HashSet<string> _all = new(paths, StringComparer.Ordinal);

        public IReadOnlyCollection<string> Paths { get; } = [.. paths.Order(StringComparer.Ordinal)];

        public byte[]? Bytes(string path) => _all.Contains(path) ? read(path) : null;

        public LockSource? Open(string path)
        {
            try
            {
                return Bytes(path) is { } bytes && bytes.Length <= limits.MaxBytes ? new(path, bytes, limits, Bytes) : null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }
}
