using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Signalbox.Pipelines.Shell;

/// <summary>PowerShell's ways to run what it fetches by the class WebClient, or makes a script block of.</summary>
internal static partial class PowerShellDownloads
{
    // longer lines are data
    private const int LongestLine = 2_000, MostVariables = 1_000;

    private static readonly ConditionalWeakTable<ShellScript, Dictionary<string, (int At, string? Url)>> s_assigned = [];

    /// <summary>Whether a command runs text as a script: <c>Invoke-Expression</c>.</summary>
    public static bool Evaluates(ShellCommand command) => command.Program.Equals("iex", StringComparison.OrdinalIgnoreCase) || command.Program.Equals("invoke-expression", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a command runs such a download: <c>iex ((New-Object Net.WebClient).DownloadString('URL'))</c>, the same by a pipe or a variable.</summary>
    /// <param name="url">Where it comes from; null where that cannot be read.</param>
    public static bool Runs(ShellScript script, ShellCommand command, out string? url)
    {
        url = null;
        if (!Evaluates(command)) return false;
        // set before, from such a download
        if (command.Arguments is [{ Text: ['$', _, ..] variable }, ..])
        {
            if (!s_assigned.GetValue(script, AssignedIn).TryGetValue(variable[1..], out var set) || set.At > command.Range.Start) return false;
            url = set.Url;
            return true;
        }
        if (command.Arguments is [{ Quoted: true }, ..] || Fetched().Match(LineOf(script.Text, command.Range.Start)) is not { Success: true } fetched) return false;
        if (fetched.Groups["url"] is { Success: true } address) url = address.Value;
        return true;
    }

    /// <summary>The variables that a script sets from such a download, where it asks for no checksum or signature.</summary>
    private static Dictionary<string, (int At, string? Url)> AssignedIn(ShellScript script)
    {
        var found = new Dictionary<string, (int, string?)>(StringComparer.OrdinalIgnoreCase);
        if (script.Text.Contains("Get-FileHash", StringComparison.OrdinalIgnoreCase) || script.Text.Contains("Get-AuthenticodeSignature", StringComparison.OrdinalIgnoreCase)) return found;
        foreach (Match set in Assigned().Matches(script.Text))
            if (found.Count < MostVariables) found.TryAdd(set.Groups["name"].Value, (set.Index, set.Groups["url"] is { Success: true } url ? url.Value : null));
        return found;
    }

    /// <summary>Whether the answer of a command that fetches becomes a script block: <c>&amp; ([scriptblock]::Create((irm URL)))</c>.</summary>
    public static bool BecomesBlock(ShellScript script, ShellCommand fetch) => LineOf(script.Text, fetch.Range.Start).Contains("[scriptblock]::Create(", StringComparison.OrdinalIgnoreCase);

    private static string LineOf(string text, int at)
    {
        var before = text.AsSpan(Math.Max(0, at - LongestLine), Math.Min(at, LongestLine));
        var behind = text.AsSpan(at, Math.Min(text.Length - at, LongestLine));
        var end = behind.IndexOf('\n');
        return string.Concat(before[(before.LastIndexOf('\n') + 1)..], end < 0 ? behind : behind[..end]);
    }

    [GeneratedRegex(@"\.Download(?:String|Data)\(\s{0,9}(?:['""](?<url>[^'""\s]{1,500})['""])?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Fetched();

    [GeneratedRegex(@"^[ \t]*\$(?<name>\w{1,100})[ \t]*=[^\n]{0,500}?\.Download(?:String|Data)\(\s{0,9}(?:['""](?<url>[^'""\s]{1,500})['""])?", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Multiline)]
    private static partial Regex Assigned();
}
