using System.Buffers;

namespace Signalbox.Pipelines.Shell;

/// <summary>What ssh has another machine run.</summary>
internal static class RemoteScript
{
    // man.openbsd.org/ssh: options that take a value
    private static readonly SearchValues<char> s_valued = SearchValues.Create("BbcDEeFIiJLlmOoPpQRSWw");

    /// <summary>The words behind the host, or else the here-document; null where no other machine runs anything.</summary>
    public static ShellScript? Of(ShellScript script, ShellCommand command)
    {
        if (Ssh(command) is null) return null;
        if (Words(command) is { Count: > 0 } words) return ShellScript.Parse(string.Join(' ', words.Select(a => a.Text)));
        return command.HereDocument is { } here ? ShellScript.Parse(script.Text[here.Start..here.End]) : null;
    }

    /// <summary>The words behind the host.</summary>
    public static IReadOnlyList<ShellWord> Words(ShellCommand command) => Ssh(command) is { } ssh ? [.. ssh.Arguments.Skip(Host(ssh) + 1)] : [];

    private static ShellCommand? Ssh(ShellCommand command) => command.Program == "ssh" ? command : LaunchedTool.In(command).FirstOrDefault(c => c.Program == "ssh");

    private static int Host(ShellCommand ssh)
    {
        var at = 0;
        for (; at < ssh.Arguments.Length && ssh.Arguments[at].Text is ['-', .. var letters]; at++)
            // -p22 holds its value, -tp goes on in the next word
            if (letters.AsSpan().IndexOfAny(s_valued) == letters.Length - 1 && letters.Length > 0) at++;
        return at;
    }
}
