using System.Text;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Terminal;

/// <summary>
/// Stands before a terminal while a control plane elsewhere says what goes there: what steers a terminal becomes a space, and of its colours those
/// of <see cref="Paint"/> alone go through.
/// </summary>
internal sealed class PlainWriter(TextWriter to) : TextWriter(to.FormatProvider)
{
    private static readonly string[] s_colours = ["\e[0m", "\e[1m", "\e[2m", "\e[31m", "\e[32m", "\e[33m"];

    public override Encoding Encoding => to.Encoding;

    /// <summary>Where what moves the cursor on purpose is written.</summary>
    public TextWriter Terminal => to;

    public override void Write(char value) => to.Write(IsUnsafe(value) ? ' ' : value);

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value) => to.Write(value is null ? value : Plain(value));

    public override void WriteLine(string? value) => to.WriteLine(value is null ? value : Plain(value));

    public override void WriteLine() => to.WriteLine();

    public override void Flush() => to.Flush();

    public override Task FlushAsync() => to.FlushAsync();

    /// <summary>The text as a terminal may have it, lines and tabs kept.</summary>
    public static string Plain(string text) => text.Any(IsUnsafe) ? Cleaned(text) : text;

    private static string Cleaned(string text)
    {
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var colour = ColourAt(text, i);
            if (colour.Length == 0) clean.Append(IsUnsafe(text[i]) ? ' ' : text[i]);
            else if (s_colours.Contains(colour)) clean.Append(colour);
            i += Math.Max(0, colour.Length - 1);
        }
        return clean.ToString();
    }

    /// <summary>The sequence that sets a colour, which begins there; else nothing.</summary>
    private static string ColourAt(string text, int at)
    {
        if (!text.AsSpan(at).StartsWith("\e[", StringComparison.Ordinal)) return "";
        var end = at + 2;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] is ';' or ':')) end++;
        return end < text.Length && text[end] == 'm' ? text[at..(end + 1)] : "";
    }

    private static bool IsUnsafe(char c) => c is not ('\n' or '\t') && FindingText.IsUnsafe(c);
}
