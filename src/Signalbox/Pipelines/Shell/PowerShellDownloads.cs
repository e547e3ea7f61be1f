using System.Text.RegularExpressions;

namespace Signalbox.Pipelines.Shell;

/// <summary>PowerShell's ways to run what it fetches by the class WebClient, or makes a script block of.</summary>
internal static partial class PowerShellDownloads
{
    // longer lines are data
    private const int LongestLine = 4_000;

    /// <summary>Whether a command runs text as a script: <c>Invoke-Expression</c>.</summary>
    public static bool Evaluates(ShellCommand command) => command.Program.Equals("iex", StringComparison.OrdinalIgnoreCase) || command.Program.Equals("invoke-expression", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a command runs such a download: <c>iex ((New-Object Net.WebClient).DownloadString('URL'))</c>, the same by a pipe or a variable.</summary>
    /// <param name="url">Where it comes from; null where that cannot be read.</param>
    public static bool Runs(ShellScript script, ShellCommand command, out string? url)
    {
        url = null;
        if (!Evaluates(command)) return false;
        var fetched = Fetched().Match(LineOf(script.Text, command.Range.Start));
        // set before, from such a download
        if (!fetched.Success && command.Arguments is [{ Text: ['$', _, ..] variable }, ..])
            fetched = Assigned().Matches(script.Text[..command.Range.Start]).LastOrDefault(a => a.Groups["name"].ValueSpan.Equals(variable.AsSpan(1), StringComparison.OrdinalIgnoreCase)) ?? fetched;
        if (fetched.Groups["url"] is { Success: true } address) url = address.Value;
        return fetched.Success;
    }

    /// <summary>Whether the answer of a command that fetches becomes a script block: <c>&amp; ([scriptblock]::Create((irm URL)))</c>.</summary>
    public static bool BecomesBlock(ShellScript script, ShellCommand fetch) => LineOf(script.Text, fetch.Range.Start).Contains("[scriptblock]::Create(", StringComparison.OrdinalIgnoreCase);

    private static string LineOf(string text, int at)
    {
        var start = at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;
        var end = text.IndexOf('\n', at) is >= 0 and var next ? next : text.Length;
        return end - start > LongestLine ? "" : text[start..end];
    }

    [GeneratedRegex(@"\.Download(?:String|Data)\(\s{0,9}(?:['""](?<url>[^'""\s]{1,500})['""])?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Fetched();

    [GeneratedRegex(@"^[ \t]*\$(?<name>\w{1,100})[ \t]*=[^\n]{0,500}?\.Download(?:String|Data)\(\s{0,9}(?:['""](?<url>[^'""\s]{1,500})['""])?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Assigned();
}
