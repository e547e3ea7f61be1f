using System.Text.RegularExpressions;

namespace Signalbox.Pipelines.Portable;

/// <summary>The variables that a script for a POSIX shell reads and that nothing in it sets.</summary>
internal static partial class ShellNames
{
    // what a shell, a machine or an image has by itself
    private static readonly HashSet<string> s_given = new(StringComparer.Ordinal)
    {
        "HOME", "USER", "PWD", "OLDPWD", "SHELL", "HOSTNAME", "LANG", "LANGUAGE", "TERM", "TMPDIR", "TMP", "TEMP", "UID", "EUID", "GID", "RANDOM", "SECONDS", "LINENO", "PIPESTATUS", "IFS", "OPTARG", "OPTIND", "OPTERR", "REPLY", "FUNCNAME",
        "PPID", "GROUPS", "SHLVL", "LOGNAME", "DISPLAY", "EDITOR", "PAGER", "DEBIAN_FRONTEND", "CI", "TZ", "OSTYPE", "HOSTTYPE", "MACHTYPE", "EPOCHSECONDS", "DIRSTACK", "COLUMNS", "LINES", "NODE_ENV", "VIRTUAL_ENV", "NVM_DIR", "PS1", "PS4",
        "KUBECONFIG", "DOCKER_HOST", "DOCKER_TLS_CERTDIR", "DOCKER_CERT_PATH",
    };

    private static readonly string[] s_endings = ["PATH", "_HOME", "_VERSION", "_ROOT"], s_beginnings = ["BASH", "LC_", "XDG_", "FF_"];

    /// <summary>In the order that they are met first. One for which the script says what stands where there is none is not among them.</summary>
    public static IReadOnlyList<string> Unset(string script)
    {
        var (read, set) = (new List<string>(), Set(script));
        var text = ShellText.Read(PortableText.Of(script), name => new(ReferenceKind.Setting, name));
        for (var i = 0; i < text.Parts.Count; i++)
        {
            if (text.Parts[i].Reference is not { Name: { } name } reference || read.Contains(name) || set.Contains(name) || IsGiven(name)) continue;
            var rest = i + 1 < text.Parts.Count ? text.Parts[i + 1].Literal : null;
            if (reference.Bare && rest is ['-' or '+' or '=' or '?', ..] or [':', '+', ..]) continue;
            read.Add(name);
        }
        return read;
    }

    private static bool IsGiven(string name) => name.Any(char.IsLower) || s_given.Contains(name) || s_endings.Any(e => name.EndsWith(e, StringComparison.Ordinal)) || s_beginnings.Any(b => name.StartsWith(b, StringComparison.Ordinal));

    private static HashSet<string> Set(string script) =>
        [.. Assigned().Matches(script).Select(m => m.Groups["name"].Value), .. Reads().Matches(script).SelectMany(m => m.Groups["names"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))];

    // also what a here-document or another program writes in that way: one too many is none that is said to be missing
    [GeneratedRegex(@"(?<![\w$])(?:for\s+)?(?<name>[A-Za-z_]\w*)(?:\+?=|\s+in\s|:=)|\$\{(?<name>[A-Za-z_]\w*):?=|(?:printf\s+-v|mapfile(?:\s+-t)?|readarray(?:\s+-t)?|getopts\s+\S+)\s+(?<name>[A-Za-z_]\w*)")]
    private static partial Regex Assigned();

    [GeneratedRegex(@"\bread\s+(?:-\w+\s+)*(?<names>[A-Za-z_][\w ]*)")]
    private static partial Regex Reads();
}
