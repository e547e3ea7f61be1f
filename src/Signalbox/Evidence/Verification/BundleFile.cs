namespace Signalbox.Evidence.Verification;

/// <summary>A file with signed evidence: one JSON document, or several, one a line, as attestations are downloaded.</summary>
public static class BundleFile
{
    // a file of lines from outside must not become work without end
    private const int MostBundles = 1000;

    /// <summary>Each document of the file; a file that is not lines of JSON objects is one document, whatever it is.</summary>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> file)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        for (var rest = file; rest.Length > 0 && lines.Count <= MostBundles;)
        {
            var end = rest.Span.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            var text = line.Span.Trim(" \r\t"u8);
            if (text.IsEmpty) continue;
            if (text[0] != (byte)'{' || text[^1] != (byte)'}') return [file];
            lines.Add(line);
        }
        return lines.Count is > 1 and <= MostBundles ? lines : [file];
    }
}
