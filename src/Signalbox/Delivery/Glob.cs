namespace Signalbox.Delivery;

/// <summary>
/// Patterns of names: <c>*</c> stands for any text, also none; everything else for itself, case and all. In a pattern that has an
/// <c>@</c> no <c>*</c> takes one: workflows are named <c>FILE@REF</c>, and whoever may push a branch chooses what its name ends
/// with (docs/decisions/0110).
/// </summary>
internal static class Glob
{
    /// <summary>Linear in the text for each star: no pattern makes it slow.</summary>
    public static bool Matches(string pattern, string text)
    {
        if (pattern.Contains('@', StringComparison.Ordinal) && text.Count(c => c == '@') != pattern.Count(c => c == '@')) return false;
        var (p, t, star, mark) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*') (star, mark) = (p++, t);
            else if (p < pattern.Length && pattern[p] == text[t]) (p, t) = (p + 1, t + 1);
            else if (star >= 0) (p, t) = (star + 1, ++mark);
            else return false;
        }
        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }
}
