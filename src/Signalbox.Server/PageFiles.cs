using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;

namespace Signalbox.Server;

/// <param name="Compressed">The same as gzip.</param>
internal sealed record PageFile(byte[] Content, byte[] Compressed, string MediaType);

/// <summary>The page's files as the build embedded them (Page.targets); none where Node was missing then.</summary>
internal sealed class PageFiles
{
    /// <summary>Below this every name has its content's hash in it, so that a browser may keep it for ever.</summary>
    public const string Folder = "/assets/";

    private const string Prefix = "page/";

    private static readonly FrozenDictionary<string, string> s_media = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly Lazy<PageFiles> s_embedded = new(() => new(typeof(PageFiles).Assembly));

    private readonly FrozenDictionary<string, PageFile> _files;

    private PageFiles(Assembly assembly) => _files = assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToFrozenDictionary(name => "/" + name[Prefix.Length..], name => Read(assembly, name), StringComparer.Ordinal);

    public static PageFiles Embedded => s_embedded.Value;

    public IEnumerable<string> Paths => _files.Keys;

    public PageFile? Find(string path) => _files.GetValueOrDefault(path);

    private static PageFile Read(Assembly assembly, string name)
    {
        using var stream = assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new(content, Compress(content), s_media.GetValueOrDefault(Path.GetExtension(name), "application/octet-stream"));
    }

    private static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize)) gzip.Write(content);
        return compressed.ToArray();
    }
}
