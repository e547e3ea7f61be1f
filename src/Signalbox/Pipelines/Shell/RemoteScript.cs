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
        if ((command.Program == "ssh" ? command : LaunchedTool.In(command).FirstOrDefault(c => c.Program == "ssh")) is not { } ssh) return null;
        var at = Host(ssh) + 1;
        if (at < ssh.Arguments.Length) return ShellScript.Parse(string.Join(' ', ssh.Arguments.Skip(at).Select(a => a.Text)));
        return command.HereDocument is { } here ? ShellScript.Parse(script.Text[here.Start..here.End]) : null;
    }

    private static int Host(ShellCommand ssh)
    {
        var at = 0;
        for (; at < ssh.Arguments.Length && ssh.Arguments[at].Text is ['-', .. var letters]; at++)
            // -p22 holds its value, -tp goes on in the next word
            if (letters.AsSpan().IndexOfAny(s_valued) == letters.Length - 1 && letters.Length > 0) at++;
        return at;
    }
}
