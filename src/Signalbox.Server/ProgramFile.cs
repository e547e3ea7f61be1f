using System.Security.Cryptography;
using Signalbox.Delivery;

namespace Signalbox.Server;

/// <summary>The program that runs, to be fetched. Everyone gets the same bytes, so that nobody needs a token; what they are is said by a digest.</summary>
internal sealed class ProgramFile(string path)
{
    /// <summary>At once; each is some ten megabytes, and whoever slows one down keeps its place.</summary>
    private const int Most = 4;

    private readonly SemaphoreSlim _places = new(Most);
    private readonly Lazy<Digest> _digest = new(() =>
    {
        using var file = File.OpenRead(path);
        return Digest.Parse("sha256:" + Convert.ToHexStringLower(SHA256.HashData(file)));
    });

    public Digest Digest => _digest.Value;

    public FileStream Open() => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <returns>Null where all places are taken; else what gives the place back.</returns>
    public IDisposable? Take() => _places.Wait(0) ? new Place(_places) : null;

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
