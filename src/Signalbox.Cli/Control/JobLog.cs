using System.Globalization;
using System.Text;

namespace Signalbox.Cli.Control;

/// <summary>
/// A CI job's log. Azure Pipelines and GitHub read commands out of it (<c>##vso[task.setvariable …]</c>, <c>::add-mask::</c>), so that what a control plane
/// elsewhere says could set the variables of later steps: a space breaks such a command, and people read the line all the same. JSON says the same in other characters.
/// </summary>
/// <remarks>Sources: learn.microsoft.com, "Logging commands"; docs.github.com, "Workflow commands".</remarks>
internal sealed class JobLog(TextWriter to, bool json) : TextWriter
{
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => to.Encoding;

    /// <summary>What is behind it: for documents, which are programs' to read as they were written.</summary>
    public TextWriter Raw => to;

    /// <summary>Whether somebody reads commands from what this process prints.</summary>
    public static bool IsRead => IsSet("TF_BUILD") || IsSet("GITHUB_ACTIONS");

    public override void Write(char value)
    {
        _line.Append(value);
        if (value == '\n') Pass();
    }

    /// <summary>A line that has not ended yet waits: in two parts a command would pass.</summary>
    public override void Flush() => to.Flush();

    /// <summary>
    /// GitHub's runner ends a line at a carriage return, too, and compares by a culture's rules, which see no control and no format characters: they become spaces.
    /// </summary>
    internal static string Broken(string line)
    {
        var plain = Apart(string.Create(line.Length, line, (characters, from) =>
        {
            for (var i = 0; i < from.Length; i++) characters[i] = IsUnseen(from[i]) ? ' ' : from[i];
        }), " #");
        var words = plain.TrimStart();
        return words.StartsWith("::", StringComparison.Ordinal) ? ": " + words[1..] : plain;
    }

    internal static string BrokenJson(string line) => Apart(line, @"\u0023");

    /// <summary>Of any number of them, no two stay together.</summary>
    private static string Apart(string line, string second)
    {
        if (!line.Contains("##", StringComparison.Ordinal)) return line;
        var apart = new StringBuilder(line.Length + 8);
        for (var i = 0; i < line.Length; i++)
        {
            if (i > 0 && line[i] == '#' && line[i - 1] == '#') apart.Append(second);
            else apart.Append(line[i]);
        }
        return apart.ToString();
    }

    private static bool IsUnseen(char value) => value is not ('\n' or '\t') && char.GetUnicodeCategory(value) is UnicodeCategory.Control or UnicodeCategory.Format;

    private static bool IsSet(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 };

    private void Pass()
    {
        var line = _line.ToString();
        _line.Clear();
        to.Write(json ? BrokenJson(line) : Broken(line));
        to.Flush();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _line.Length > 0) Pass();
        base.Dispose(disposing);
    }
}
