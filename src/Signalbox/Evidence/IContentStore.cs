using Signalbox.Delivery;

namespace Signalbox.Evidence;

/// <param name="Size">Bytes.</param>
public sealed record StoredContent(Digest Digest, long Size);

/// <summary>Content under its digest: kept for good, never changed.</summary>
public interface IContentStore
{
    /// <summary>Takes the content in; durable when it returns. Content that is there already is not written again.</summary>
    /// <param name="most">Bytes; more are refused.</param>
    /// <exception cref="ContentRefusedException">It is larger than allowed, or the store is full.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    Task<StoredContent> AddAsync(Stream content, long most, CancellationToken cancel);

    /// <returns>The content, or null where it is not there; the caller disposes it. What it holds is not checked again.</returns>
    Stream? Open(Digest digest);
}

/// <summary>The store does not take this content.</summary>
public sealed class ContentRefusedException(string id, string message) : Exception(message)
{
    /// <summary>kebab-case and stable, as a finding's.</summary>
    public string Id { get; } = id;
}

public static class ContentStores
{
    public static Task<StoredContent> AddAsync(this IContentStore store, byte[] content, CancellationToken cancel) =>
        store.AddAsync(new MemoryStream(content, writable: false), content.LongLength, cancel);

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

    public async Task<StoredContent> AddAsync(Stream content, long most, CancellationToken cancel)
    {
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancel).ConfigureAwait(false);
        if (buffer.Length > most) throw new ContentRefusedException("content-too-large", $"the content has {buffer.Length} bytes; expected at most {most}");
        var bytes = buffer.ToArray();
        var digest = Digest.Of(bytes);
        _contents[digest] = bytes;
        return new(digest, bytes.Length);
    }

    public Stream? Open(Digest digest) => _contents.TryGetValue(digest, out var bytes) ? new MemoryStream(bytes, writable: false) : null;

    /// <summary>Loses or damages content, as a disk may.</summary>
    internal void Replace(Digest digest, byte[]? with)
    {
        if (with is null) _contents.TryRemove(digest, out _);
        else _contents[digest] = with;
    }
}
