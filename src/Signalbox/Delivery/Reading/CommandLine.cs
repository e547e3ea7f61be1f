using System.Text;

namespace Signalbox.Delivery.Reading;

/// <summary>Splits a command as a POSIX shell splits words, with quotes and backslashes, but expands nothing.</summary>
internal static class CommandLine
{
    // outside quotes these would make a shell do something that no shell is here to do
    private const string ShellOnly = "|&;<>()$`*?";

    /// <param name="problem">Why it cannot be split; null on success.</param>
    public static IReadOnlyList<string> Split(string text, out string? problem)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, inWord) = ('\0', false);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\\' && quote != '\'' && i + 1 < text.Length) { word.Append(text[++i]); inWord = true; }
            else if (quote == '"' && (c is '$' or '`')) { problem = $"'{c}' needs a shell"; return []; }
            else if (quote != '\0') { if (c == quote) quote = '\0'; else word.Append(c); }
            else if (c is '\'' or '"') { quote = c; inWord = true; }
            else if (char.IsWhiteSpace(c)) { if (inWord) words.Add(word.ToString()); word.Clear(); inWord = false; }
            else if (ShellOnly.Contains(c) || (!inWord && (c is '~' or '#'))) { problem = $"'{c}' needs a shell"; return []; }
            else { word.Append(c); inWord = true; }
        }
        if (inWord) words.Add(word.ToString());
        problem = quote == '\0' ? null : $"the quote {quote} is not closed";
        return words;
    }
}
