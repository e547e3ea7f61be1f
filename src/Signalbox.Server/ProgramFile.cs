using System.Security.Cryptography;
using Signalbox.Delivery;

namespace Signalbox.Server;

/// <summary>The program that runs, to be fetched. Everyone gets the same bytes, so that nobody needs a token; what they are is said by a digest.</summary>
internal sealed class ProgramFile(string path)
{
    /// <summary>At once; each is some ten megabytes, and whoever slows one down keeps its place.</summary>
    private const int Most = 32;

    private int _taken;
    private readonly Lazy<Digest> _digest = new(() =>
    {
        using var file = File.OpenRead(path);
        return Digest.Parse("sha256:" + Convert.ToHexStringLower(SHA256.HashData(file)));
    });

    public Digest Digest => _digest.Value;

    public FileStream Open() => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <returns>Null where all places are taken; else what gives the place back.</returns>
    public IDisposable? Take()
    {
        if (Interlocked.Increment(ref _taken) <= Most) return new Place(this);
        Interlocked.Decrement(ref _taken);
        return null;
    }

    private sealed class Place(ProgramFile file) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref file._taken);
    }
}
