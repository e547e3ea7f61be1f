namespace Signalbox.Pipelines.Shell;

/// <summary>Programs that run a script which they are handed: as a file, as a word, or on their input.</summary>
internal static class Interpreters
{
    public static bool IsShell(string program) => program is "sh" or "bash" or "zsh" or "dash" or "ksh" or "ash";

    /// <summary>Whether it is a shell or that of another language.</summary>
    public static bool Is(string program) => IsShell(program) || program is "python" or "python2" or "python3" or "node" or "perl" or "ruby" or "php" or "pwsh" or "powershell";
}
