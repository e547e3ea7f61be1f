namespace Signalbox.Delivery.Reading;

/// <summary>Finds the known word that a misspelt one was meant to be.</summary>
internal static class Spelling
{
    /// <returns>The nearest word within a third of its length in edits, or null.</returns>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        // nobody mistypes a word of a kilobyte; the table below is quadratic
        if (word.Length > 64) return null;
        return known
            .Select(k => (Word: k, Edits: Distance(word.ToLowerInvariant(), k.ToLowerInvariant())))
            .Where(k => k.Edits <= Math.Max(1, k.Word.Length / 3))
            .OrderBy(k => k.Edits).ThenBy(k => k.Word, StringComparer.Ordinal)
            .Select(k => k.Word)
            .FirstOrDefault();
    }

    /// <summary>Insertions, deletions, changes and swaps of neighbours (optimal string alignment).</summary>
    internal static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var change = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(change, 1 + Math.Min(d[i - 1, j], d[i, j - 1]));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        return d[a.Length, b.Length];
    }
}
