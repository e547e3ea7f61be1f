namespace Signalbox.Pipelines.AzurePipelines.Portable;

/// <summary>
/// What <c>$(name)</c> in a script is: Azure puts the variable of that name in before a shell reads anything, also one that only the pipeline's settings or a group
/// hold, and leaves to the shell what is none (learn.microsoft.com, "Define variables: macro syntax").
/// </summary>
internal static class AzureCommands
{
    // what is started so without any argument
    private static readonly HashSet<string> s_programs = new(StringComparer.Ordinal)
    {
        "arch", "cat", "command", "date", "dirname", "env", "getconf", "git", "groups", "hostname", "id", "jobs", "locale", "logname", "ls", "lsb_release", "mktemp", "nproc", "pwd", "sw_vers", "times", "tty", "umask", "uname",
        "uptime", "users", "uuidgen", "wc", "who", "whoami",
    };

    // PowerShell's own have a verb and a dash
    private static readonly HashSet<string> s_powerShell = new(StringComparer.OrdinalIgnoreCase) { "pwd", "date", "hostname", "whoami", "gl", "ls", "dir", "gci", "uname", "git" };

    /// <summary>Whether it is a command of the shell that reads the script.</summary>
    /// <param name="posix">Whether that is a POSIX shell.</param>
    public static bool Is(string name, string script, bool posix) =>
        posix ? s_programs.Contains(name) || script.Contains(name + "()", StringComparison.Ordinal) || script.Contains(name + " ()", StringComparison.Ordinal) || script.Contains("function " + name, StringComparison.Ordinal)
        : name.Contains('-') || s_powerShell.Contains(name) || script.Contains("function " + name, StringComparison.OrdinalIgnoreCase);
}
