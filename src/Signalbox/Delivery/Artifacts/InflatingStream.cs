namespace Signalbox.Delivery.Artifacts;

/// <summary>Refuses content that grows out of all proportion to its compressed bytes. Disposes the stream it reads.</summary>
internal sealed class InflatingStream(Stream inner, Func<long> compressed, ArtifactLimits limits) : ReadThroughStream(inner)
{
    // below this no bomb hurts, and short runs of one byte compress best
    private const long Free = 1024 * 1024;

    private readonly Stream _inner = inner;

    protected override void Passed(ReadOnlySpan<byte> piece)
    {
        if (Position > Free && Position / limits.MaxRatio > compressed())
            throw new ArtifactRefusedException("artifact-ratio", $"the content is more than {limits.MaxRatio} times its compressed size");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _inner.Dispose();
        base.Dispose(disposing);
    }
}
