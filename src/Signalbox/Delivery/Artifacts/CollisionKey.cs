using System.Globalization;
using System.Text;

namespace Signalbox.Delivery.Artifacts;

/// <summary>
/// Equal for two names that some file system holds for one: in canonical decomposition and without regard to case
/// (macOS, Windows, Linux with casefold). The runtime's own normalisation does nothing under invariant globalisation,
/// so the table is our own: canonical-decompositions.txt, from the Unicode Character Database.
/// </summary>
internal static class CollisionKey
{
    private static readonly Lazy<Dictionary<int, string>> Table = new(Load);

    public static string Of(string path)
    {
        if (Ascii.IsValid(path)) return path.ToUpperInvariant();
        return Decompose(Decompose(path).ToUpperInvariant());
    }

    private static string Decompose(string text)
    {
        var decomposed = new List<Rune>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes()) Add(decomposed, rune);
        SortMarks(decomposed);
        return string.Concat(decomposed);
    }

    private static void Add(List<Rune> to, Rune rune)
    {
        if (Hangul(to, rune.Value)) return;
        if (rune.Value < 0xC0 || !Table.Value.TryGetValue(rune.Value, out var parts)) to.Add(rune);
        else to.AddRange(parts.EnumerateRunes());
    }

    // Unicode Standard, 3.12: syllables decompose by arithmetic
    private static bool Hangul(List<Rune> to, int value)
    {
        var index = value - 0xAC00;
        if (index is < 0 or >= 11172) return false;
        to.Add(new(0x1100 + index / 588));
        to.Add(new(0x1161 + index % 588 / 28));
        if (index % 28 > 0) to.Add(new(0x11A7 + index % 28));
        return true;
    }

    // By code point instead of combining class: what is canonically equal stays equal, and no second table is needed.
    private static void SortMarks(List<Rune> text)
    {
        for (var from = 0; from < text.Count; from++)
        {
            var to = from;
            while (to < text.Count && Rune.GetUnicodeCategory(text[to]) is UnicodeCategory.NonSpacingMark) to++;
            if (to > from + 1) text.Sort(from, to - from, null);
            from = Math.Max(from, to - 1);
        }
    }

    private static Dictionary<int, string> Load()
    {
        using var reader = new StreamReader(typeof(CollisionKey).Assembly.GetManifestResourceStream("canonical-decompositions.txt")!);
        var table = new Dictionary<int, string>(2100);
        while (reader.ReadLine() is { } line)
        {
            var fields = line.Split(' ');
            table[Hex(fields[0])] = string.Concat(fields.Skip(1).Select(f => char.ConvertFromUtf32(Hex(f))));
        }
        return table;
    }

    private static int Hex(string digits) => int.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
