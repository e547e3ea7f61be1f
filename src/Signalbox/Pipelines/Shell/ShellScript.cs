using System.Collections.Immutable;

namespace Signalbox.Pipelines.Shell;

/// <summary>
/// A script split into its simple commands. It reads what POSIX shells, bash and PowerShell's plain commands have in
/// common; it never fails: what it does not understand stays a word.
/// </summary>
/// <param name="Text">The script.</param>
/// <param name="Commands">In order of their beginning, those within substitutions included.</param>
public sealed record ShellScript(string Text, ImmutableArray<ShellCommand> Commands)
{
    public static ShellScript Empty { get; } = new("", []);

    public static ShellScript Parse(string text) => text.Length == 0 ? Empty : new(text, new ShellParser(text).Parse());

    /// <summary>Commands of one pipeline that are looked at; nobody writes as many.</summary>
    private const int LongestPipeline = 5_000;

    /// <summary>The commands of a pipeline that begins with this one: <c>a | b | c</c>.</summary>
    public IEnumerable<ShellCommand> PipelineFrom(ShellCommand command)
    {
        yield return command;
        var at = IndexOf(command);
        for (var count = 1; count < LongestPipeline && at >= 0 && Commands[at].Link == ShellLink.Pipe && NextAtDepth(at) is >= 0 and var next; count++)
        {
            at = next;
            yield return Commands[at];
        }
    }

    /// <summary>The command after <paramref name="command"/> on the same level, or null.</summary>
    public ShellCommand? After(ShellCommand command) => IndexOf(command) is >= 0 and var at && NextAtDepth(at) is >= 0 and var next ? Commands[next] : null;

    /// <summary>The commands that begin behind one, in order.</summary>
    internal IEnumerable<ShellCommand> Behind(ShellCommand command) => IndexOf(command) is >= 0 and var at ? Commands.Skip(at + 1) : [];

    // they lie in the order of their beginning, and one begins where a substitution within it does at most
    private int IndexOf(ShellCommand command)
    {
        var (low, high) = (0, Commands.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Commands[middle].Range.Start < command.Range.Start) low = middle + 1;
            else high = middle;
        }
        for (var i = low; i < Commands.Length && Commands[i].Range.Start == command.Range.Start; i++)
            if (ReferenceEquals(Commands[i], command)) return i;
        return -1;
    }

    private int NextAtDepth(int at)
    {
        for (var i = at + 1; i < Commands.Length; i++)
            if (Commands[i].Depth <= Commands[at].Depth) return Commands[i].Depth == Commands[at].Depth ? i : -1;
        return -1;
    }
}
