using System.Text;

namespace Signalbox.Bench.Auditing;

/// <summary>Changes text a little or a lot, the same for the same seed: by bytes, by lines, by words that readers know, by pieces of other files.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus)
{
    // larger inputs only repeat what smaller ones do, more slowly
    private const int MostBytes = 64 * 1024;

    private static readonly byte[][] s_words =
    [
        .. ((string[])["${{ ", " }}", "${{", "- ", ": ", "\n", "  ", "\t", "\"", "'", "|\n", ">-\n", "&a ", "*a", "<<: *a", "!reference [a, script]", "[", "]", "{", "}", "#", "\\", "\\\n", "$(", ")", "`", "<<EOF\n", "EOF\n",
            "fromJSON(", "toJSON(", "secrets.", "github.event.", "&&", "||", "uses: ", "run: ", "script: ", "extends: ", "template: ", "include: ", "FROM ", "RUN ", "node {", "sh \"\"\"", "${", "'''", "---\n", "...\n", "? ",
            "signalbox: ignore[", "apiVersion: ", "kind: ", "%", "@", "\0", "\r", "\ufeff", "\u2028", "9999999999999999999", "-1", "1e309", "~", "null", "\ud83d\ude00"]).Select(Encoding.UTF8.GetBytes),
    ];

    public byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = new List<byte>(seed.Length > MostBytes ? seed[..MostBytes] : seed);
        for (var times = random.Next(1, 8); times > 0; times--) Once(bytes, random);
        return [.. bytes.Count > MostBytes ? bytes.Take(MostBytes) : bytes];
    }

    private void Once(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count + 1);
        var length = Math.Min(bytes.Count - at, 1 << random.Next(0, 10));
        switch (random.Next(9))
        {
            case 0 when at < bytes.Count: bytes[at] = (byte)random.Next(256); break;
            case 1 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            case 2: bytes.RemoveRange(at, length); break;
            case 3: bytes.InsertRange(random.Next(bytes.Count + 1), bytes.GetRange(at, length)); break;
            case 4: bytes.InsertRange(at, s_words[random.Next(s_words.Length)]); break;
            case 5: bytes.InsertRange(at, Repeated(s_words[random.Next(s_words.Length)], 1 << random.Next(0, 11))); break;
            case 6: SwapLines(bytes, random); break;
            case 7: bytes.InsertRange(at, Piece(corpus[random.Next(corpus.Count)], random)); break;
            default: Indent(bytes, at, random); break;
        }
    }

    private static IEnumerable<byte> Repeated(byte[] word, int times) => Enumerable.Repeat(word, times).SelectMany(w => w);

    private static ArraySegment<byte> Piece(byte[] other, Random random)
    {
        var from = random.Next(other.Length + 1);
        return new(other, from, Math.Min(other.Length - from, 1 << random.Next(0, 12)));
    }

    private static void SwapLines(List<byte> bytes, Random random)
    {
        var breaks = Enumerable.Range(0, bytes.Count).Where(i => bytes[i] == '\n').ToList();
        if (breaks.Count < 3) return;
        var first = random.Next(breaks.Count - 1);
        var line = bytes.GetRange(breaks[first], breaks[first + 1] - breaks[first]);
        bytes.RemoveRange(breaks[first], line.Count);
        bytes.InsertRange(Math.Min(bytes.Count, breaks[random.Next(breaks.Count)]), line);
    }

    private static void Indent(List<byte> bytes, int at, Random random)
    {
        var line = bytes.FindIndex(Math.Min(at, Math.Max(0, bytes.Count - 1)), b => b == '\n');
        if (line >= 0) bytes.InsertRange(line + 1, Enumerable.Repeat((byte)' ', random.Next(1, 9)));
    }
}
