using System.IO.Compression;
using System.Text;

namespace Signalbox.Tests.Delivery.Artifacts;

/// <summary>Archives byte by byte, good and bad.</summary>
internal static class Crafted
{
    public static byte[] Tar(params byte[][] entries) => [.. entries.SelectMany(e => e), .. new byte[1024]];

    public static byte[] File(string name, string content = "x", int mode = 0x1A4) => Entry(name, '0', content, mode);

    public static byte[] Directory(string name) => Entry(name, '5', mode: 0x1ED);

    public static byte[] Link(string name, string target, char type = '2') => Entry(name, type, link: target, mode: 0x1ED);

    public static byte[] Entry(string name, char type, string content = "", int mode = 0x1A4, string link = "", long? claimed = null)
    {
        var body = Encoding.UTF8.GetBytes(content);
        var header = new byte[512];
        Put(header, 0, name);
        Octal(header, 100, 8, mode);
        Octal(header, 108, 8, 0);
        Octal(header, 116, 8, 0);
        Octal(header, 124, 12, claimed ?? body.Length);
        Octal(header, 136, 12, 0);
        header[156] = (byte)type;
        Put(header, 157, link);
        Put(header, 257, "ustar\000");
        header.AsSpan(148, 8).Fill((byte)' ');
        Octal(header, 148, 7, header.Sum(b => b));
        return [.. header, .. body, .. new byte[(512 - body.Length % 512) % 512]];
    }

    public static byte[] Gzip(byte[] content)
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(content);
        return packed.ToArray();
    }

    /// <param name="entries">Name, content and Unix mode with its type bits.</param>
    public static byte[] Zip(params (string Name, string Content, int Mode)[] entries)
    {
        var packed = new MemoryStream();
        using (var zip = new ZipArchive(packed, ZipArchiveMode.Create))
            foreach (var (name, content, mode) in entries)
            {
                var entry = zip.CreateEntry(name);
                entry.ExternalAttributes = mode << 16;
                using var stream = entry.Open();
                stream.Write(Encoding.UTF8.GetBytes(content));
            }
        return packed.ToArray();
    }

    private static void Put(byte[] header, int at, string text) => Encoding.UTF8.GetBytes(text).CopyTo(header, at);

    private static void Octal(byte[] header, int at, int length, long value) =>
        Put(header, at, Convert.ToString(value, 8).PadLeft(length - 1, '0') + "\0");
}
