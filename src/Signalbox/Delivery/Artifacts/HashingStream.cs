using System.Security.Cryptography;

namespace Signalbox.Delivery.Artifacts;

/// <summary>Hashes what is read through it.</summary>
internal sealed class HashingStream(Stream inner) : ReadThroughStream(inner)
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public Digest Finish() => Digest.FromHash(_hash.GetHashAndReset());

    protected override void Passed(ReadOnlySpan<byte> piece) => _hash.AppendData(piece);

    protected override void Dispose(bool disposing)
    {
        if (disposing) _hash.Dispose();
        base.Dispose(disposing);
    }
}
