using Signalbox.Delivery.Artifacts;

namespace Signalbox.Server;

/// <summary>Counts the bytes that are read through it.</summary>
internal sealed class CountingStream(Stream inner) : ReadThroughStream(inner)
{
    public long Bytes => Position;

    protected override void Passed(ReadOnlySpan<byte> piece) { }
}
