namespace Signalbox.Tests.Fuzz;

/// <summary>A reader has a fault: it gave what it promises never to give.</summary>
internal sealed class FuzzFaultException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A valid input with what reads it.</summary>
/// <param name="Read">What came of it in a few words, so that new behaviour is known; throws only where the reader has a fault.</param>
internal sealed record FuzzSeed(byte[] Bytes, Func<byte[], string> Read);

/// <summary>A reader of bytes from outside.</summary>
internal sealed record FuzzTarget(string Name, Func<IReadOnlyList<FuzzSeed>> Seeds)
{
    public override string ToString() => Name;

    public static FuzzTarget Of(string name, Func<byte[], string> read, Func<IEnumerable<byte[]>> seeds) => new(name, () => [.. seeds().Select(bytes => new FuzzSeed(bytes, read))]);
}
