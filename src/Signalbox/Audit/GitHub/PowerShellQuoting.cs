namespace Signalbox.Audit.GitHub;

/// <summary>Reads a PowerShell script up to a place.</summary>
/// <remarks>Source: learn.microsoft.com, "about_Quoting_Rules".</remarks>
internal static class PowerShellQuoting
{
    /// <summary>Whether a variable that is put at a place becomes its value there; false also where that is not sure.</summary>
    public static bool Expands(string script, int index)
    {
        // one of ' " and #, or none
        var quote = '\0';
        for (var i = 0; i < index; i++)
        {
            var sign = script[i];
            if (script.AsSpan(i).StartsWith("${{") && script.IndexOf("}}", i, StringComparison.Ordinal) is >= 0 and var close && close < index) { i = close + 1; continue; }
            if (quote == '"' && script.AsSpan(i).StartsWith("$("))
            {
                var end = ShellQuoting.Closing(script, i + 2, '`');
                if (index < end) return false;
                i = end - 1;
            }
            else if (quote is '\0' && sign is '\'' or '"' && i > 0 && script[i - 1] == '@')
            {
                var end = script.IndexOf($"\n{sign}@", i, StringComparison.Ordinal);
                if (end < 0 || index < end) return sign == '"' && !script.AsSpan(i, index - i).Contains("$(", StringComparison.Ordinal);
                i = end + 2;
            }
            else if (sign == '`' && quote is '\0' or '"') i++;
            else if (quote == '\0' && (sign is '\'' or '"' || (sign == '#' && (i == 0 || char.IsWhiteSpace(script[i - 1]))))) quote = sign;
            else if (quote != '\0' && sign == (quote == '#' ? '\n' : quote)) quote = '\0';
        }
        return quote != '\'';
    }
}
