using System.Text;
using System.Text.RegularExpressions;
using Signalbox.Delivery.Detection;
using Signalbox.Yaml;

namespace Signalbox.Delivery.Reading;

/// <summary>Finds <c>$PORT</c> in a command's list: no shell runs, so the program would get those five characters.</summary>
internal static partial class PortWords
{
    private static readonly string[] Shells = ["sh", "bash", "dash", "ash", "zsh", "ksh", "fish", "busybox"];

    public static void Warn(Section section, string key, IReadOnlyList<YamlScalar> words)
    {
        for (var i = 1; i < words.Count; i++)
        {
            if (Shells.Contains(Path.GetFileName(words[i - 1].Value))) return;
            if (!Variable().IsMatch(words[i].Value)) continue;
            section.File.Warn(DeliveryIds.NotExpanded,
                $"'{YamlQuote.Short(words[i].Value)}' reaches the program as it stands, for no shell expands it; expected a shell, or a program that reads PORT itself",
                words[i].Span, $"{key}: [sh, -c, '{ShellLine(words).Replace("'", "''", StringComparison.Ordinal)}']", "passed literally");
            return;
        }
    }

    /// <summary>The words as a shell reads them; <c>exec</c>, so that the signal to stop reaches the program itself.</summary>
    private static string ShellLine(IReadOnlyList<YamlScalar> words) =>
        words.Aggregate(new StringBuilder("exec"), (line, word) => line.Append(' ').Append(Quoted(word.Value))).ToString();

    private static string Quoted(string word)
    {
        if (Variable().IsMatch(word)) return $"\"{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal)}\"";
        return Words.Quote(word);
    }

    [GeneratedRegex(@"\$PORT(?![A-Za-z0-9_])|\$\{PORT[}:]")]
    private static partial Regex Variable();
}
