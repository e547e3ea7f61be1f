using Signalbox.Delivery;

namespace Signalbox.Evidence;

/// <param name="Size">Bytes.</param>
public sealed record StoredContent(Digest Digest, long Size);

/// <summary>Content that came in and is not kept yet: disposing of it leaves nothing behind.</summary>
public interface IReceivedContent : IDisposable
{
    StoredContent Content { get; }

    /// <returns>The content from its beginning; the caller disposes it.</returns>
    Stream Open();

    /// <summary>Keeps it for good; durable when it returns. Content that is there already is not written again.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    void Keep();
}

/// <summary>Content under its digest: kept for good, never changed. Nothing is kept that no entry of the ledger is about to name.</summary>
public interface IContentStore
{
    /// <summary>Takes content in beside the store, to be looked at before it is kept.</summary>
    /// <param name="most">Bytes; more are refused.</param>
    /// <exception cref="ContentRefusedException">It is larger than allowed, or the store is full.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    Task<IReceivedContent> ReceiveAsync(Stream content, long most, CancellationToken cancel);

    /// <summary>Keeps what the control plane itself made; durable when it returns. Room is reserved for it apart from what is handed in.</summary>
    /// <exception cref="ContentRefusedException">The store is full.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    Task<StoredContent> AddAsync(byte[] content, CancellationToken cancel);

    /// <returns>The content, or null where it is not there; the caller disposes it. What it holds is not checked again.</returns>
    Stream? Open(Digest digest);
}

/// <summary>The store does not take this content.</summary>
public sealed class ContentRefusedException(string id, string message) : IOException(message)
{
    /// <summary>The id where there is no room.</summary>
    public const string Full = "content-store-full";

    /// <summary>kebab-case and stable, as a finding's.</summary>
    public string Id { get; } = id;

    /// <summary>A line that shows what takes the room.</summary>
    public const string Help = "signalbox status   # how full it is; a control plane that starts anew with more than half of it used removes what the ledger does not name and what was withdrawn";
}

public static class ContentStores
{
    /// <returns>The whole content, or null where it is missing, larger than <paramref name="most"/>, or not what its digest says.</returns>
    /// <exception cref="IOException">The disk refused.</exception>
    public static async Task<byte[]?> ReadAsync(this IContentStore store, Digest digest, int most, CancellationToken cancel)
    {
        var stream = store.Open(digest);
        if (stream is null) return null;
        await using (stream.ConfigureAwait(false))
        {
            if (stream.Length > most) return null;
            var content = new byte[stream.Length];
            if (await stream.ReadAtLeastAsync(content, content.Length, throwOnEndOfStream: false, cancel).ConfigureAwait(false) != content.Length) return null;
            return Digest.Of(content) == digest ? content : null;
        }
    }
}

/// <summary>Content that lives as long as its process: for tests and for the simulator.</summary>
public sealed class MemoryContentStore : IContentStore
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<Digest, byte[]> _contents = new();

    /// <summary>How many contents are kept.</summary>
    public int Count => _contents.Count;

    public async Task<IReceivedContent> ReceiveAsync(Stream content, long most, CancellationToken cancel)
    {
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancel).ConfigureAwait(false);
        if (buffer.Length > most) throw new ContentRefusedException("content-too-large", $"the content has {buffer.Length} bytes; expected at most {most}");
        return new Received(this, buffer.ToArray());
    }

    public Task<StoredContent> AddAsync(byte[] content, CancellationToken cancel)
    {
        using var received = new Received(this, content);
        received.Keep();
        return Task.FromResult(received.Content);
    }

    private sealed class Received(MemoryContentStore store, byte[] bytes) : IReceivedContent
    {
        public StoredContent Content { get; } = new(Digest.Of(bytes), bytes.Length);

        public Stream Open() => new MemoryStream(bytes, writable: false);

        public void Keep() => store._contents[Content.Digest] = bytes;

        public void Dispose()
        {
        }
    }

    public Stream? Open(Digest digest) => _contents.TryGetValue(digest, out var bytes) ? new MemoryStream(bytes, writable: false) : null;

    /// <summary>Loses or damages content, as a disk may.</summary>
    internal void Replace(Digest digest, byte[]? with)
    {
        if (with is null) _contents.TryRemove(digest, out _);
        else _contents[digest] = with;
    }
}
