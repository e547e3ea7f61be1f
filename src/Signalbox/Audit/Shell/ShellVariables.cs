namespace Signalbox.Audit.Shell;

/// <summary>Variables that a piece of a script reads.</summary>
internal static class ShellVariables
{
    /// <summary>Names after <c>$</c>, <c>${</c> and <c>$env:</c>; expressions of the platform are none.</summary>
    public static IEnumerable<string> In(string text)
    {
        for (var at = text.IndexOf('$'); at >= 0 && at + 1 < text.Length; at = text.IndexOf('$', at + 1))
        {
            var from = at + 1;
            if (text.AsSpan(from).StartsWith("{{")) continue;
            if (text[from] == '{') from++;
            if (text.AsSpan(from).StartsWith("env:", StringComparison.OrdinalIgnoreCase)) from += 4;
            var end = from;
            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_')) end++;
            if (end > from && !char.IsAsciiDigit(text[from])) yield return text[from..end];
        }
    }
}
