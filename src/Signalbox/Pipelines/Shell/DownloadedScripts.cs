using Signalbox.Yaml;

namespace Signalbox.Pipelines.Shell;

/// <param name="Range">The command that runs it, as a piece of the script.</param>
/// <param name="Url">Where it comes from, as written; null where that cannot be read.</param>
/// <param name="File">The file it was put into; null where it runs at once.</param>
public readonly record struct DownloadedScript(TextRange Range, string? Url, string? File = null);

/// <summary>Finds what is fetched from the network and run, in one breath or by way of a file, without a check of what came.</summary>
public static class DownloadedScripts
{
    private static readonly HashSet<string> s_more = new(StringComparer.OrdinalIgnoreCase) { "fish", "iex", "invoke-expression", "deno", "lua", "rscript" };

    private static bool IsInterpreter(string program) => s_more.Contains(program) || Interpreters.Is(program.ToLowerInvariant());

    private static readonly HashSet<string> s_fetchers = new(StringComparer.OrdinalIgnoreCase) { "curl", "wget", "iwr", "invoke-webrequest", "irm", "invoke-restmethod", "aria2c", "http", "fetch" };

    /// <summary>Whether a script fetches anything at all, or hands text to an interpreter: most do neither.</summary>
    public static bool MayBeIn(ShellScript script) => script.Commands.Any(c => IsFetch(c) || IsInterpreter(c.Program) || c.Program is "eval" or "source" or ".");

    public static IEnumerable<DownloadedScript> In(ShellScript script)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var command in script.Commands)
        {
            if (Direct(script, command) is { } found) yield return found;
            else if (Fetched(command) is { } fetched) { if (!IsPinned(fetched.Url)) files[Plain(fetched.File)] = fetched.Url; }
            else if (IsCheck(command)) Forget(command, script, files);
            else if (Run(command) is { } file && files.TryGetValue(Plain(file), out var url)) yield return new(command.Range, url, Plain(file));
        }
    }

    /// <summary>Files that a script leaves behind, fetched and unchecked; for what later steps of the job run.</summary>
    public static IReadOnlyDictionary<string, string> Left(ShellScript script)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var command in script.Commands)
            if (Fetched(command) is { } fetched && !IsPinned(fetched.Url)) files[Plain(fetched.File)] = fetched.Url;
            else if (IsCheck(command)) Forget(command, script, files);
        return files;
    }

    /// <summary>The commands that run one of the given files.</summary>
    public static IEnumerable<DownloadedScript> Running(ShellScript script, IReadOnlyDictionary<string, string> files)
    {
        foreach (var command in script.Commands)
            if (Run(command) is { } file && files.TryGetValue(Plain(file), out var url)) yield return new(command.Range, url, Plain(file));
    }

    /// <summary><c>curl … | sh</c>, <c>bash &lt;(curl …)</c>, <c>sh -c "$(curl …)"</c>, <c>iex (iwr …)</c>, <c>deno run https://…</c></summary>
    private static DownloadedScript? Direct(ShellScript script, ShellCommand command)
    {
        if (IsFetch(command) && command.Link == ShellLink.Pipe)
        {
            // behind another download, what runs is the other's
            var piped = script.PipelineFrom(command).Skip(1).TakeWhile(c => !IsCheck(c) && !IsFetch(c)).FirstOrDefault(c => IsInterpreter(c.Program) && RunsInput(c));
            if (piped is not null && !IsPinned(Url(command))) return new(command.Range, Url(command));
        }
        if (Inner(command) is { } inner && In(ShellScript.Parse(inner)).FirstOrDefault() is { Range.Length: > 0 } within) return within with { Range = command.Range };
        if (PowerShellDownloads.Runs(script, command, out var address)) return IsPinned(address) ? null : new(command.Range, address);
        if (IsFetch(command) && PowerShellDownloads.BecomesBlock(script, command)) return IsPinned(Url(command)) ? null : new(command.Range, Url(command));
        if (!IsInterpreter(command.Program) && command.Program is not ("eval" or "source" or ".")) return null;
        foreach (var nested in command.Arguments.SelectMany(a => a.Nested))
            if (IsFetch(nested) && !IsPinned(Url(nested))) return new(command.Range, Url(nested));
        if (PowerShellDownloads.Evaluates(command) || command.Arguments.Any(a => a.Text.Contains("| iex", StringComparison.OrdinalIgnoreCase)))
            return string.Join(' ', command.Arguments.Select(a => a.Text)).Contains("DownloadString", StringComparison.OrdinalIgnoreCase) || script.After(command) is { } next && IsFetch(next) && next.Range.Start - command.Range.End < 4 ? new(command.Range, null) : null;
        return command.Program == "deno" && command.Verb is "run" or "install" && (command.Has("-A") || command.Has("--allow-all")) && command.Arguments.FirstOrDefault(a => a.Text.StartsWith("https://", StringComparison.Ordinal)) is { } module && !IsPinned(module.Text)
            ? new(command.Range, module.Text)
            : null;
    }

    /// <summary>The script in <c>sh -c "…"</c>, where it fetches something.</summary>
    private static string? Inner(ShellCommand command)
    {
        if (!Interpreters.IsShell(command.Program) || !command.Has("-c")) return null;
        var script = command.Arguments.SkipWhile(a => !a.Text.StartsWith('-') || !a.Text.Contains('c')).Skip(1).FirstOrDefault()?.Text;
        return script is not null && (script.Contains("curl", StringComparison.Ordinal) || script.Contains("wget", StringComparison.Ordinal)) && !script.StartsWith("$(", StringComparison.Ordinal) ? script : null;
    }

    // `python -m json.tool`, `perl -ne '…'`, `sh script.sh` and `node -e '…'` read the input as data
    private static bool RunsInput(ShellCommand command)
    {
        if (Interpreters.IsShell(command.Program))
            return !command.Has("-c") && command.Arguments.Where(a => !a.Text.StartsWith('-')).Take(1).All(a => command.Has("-s") || a.Text == "-");
        return command.Arguments.Length == 0 || command.Arguments[0].Text == "-" || command.Program.StartsWith("i", StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsFetch(ShellCommand command) => s_fetchers.Contains(command.Program);

    // an address may do without its scheme
    private static string? Url(ShellCommand command) => command.Arguments.Select(a => a.Text).FirstOrDefault(a => a.Contains("://", StringComparison.Ordinal) || a.StartsWith('$'))
        ?? command.Arguments.Select(a => a.Text).FirstOrDefault(a => !a.StartsWith('-'));

    /// <summary>A download into a file: its name and where it comes from.</summary>
    private static (string File, string Url)? Fetched(ShellCommand command)
    {
        if (!IsFetch(command) || Url(command) is not { } url) return null;
        if (command.Redirects.FirstOrDefault(r => r.Operator is ">" or "1>") is { } redirect) return (redirect.Target.Text, url);
        var named = command.Program.Equals("wget", StringComparison.OrdinalIgnoreCase) ? command.Value("-O") ?? command.Value("--output-document") : Joined(command, 'o') ?? command.Value("--output") ?? command.Value("-OutFile") ?? command.Value("-outfile");
        if (named is not null and not "-") return (named, url);
        var remote = command.Program.Equals("wget", StringComparison.OrdinalIgnoreCase) || command.Has("-O") || command.Has("--remote-name");
        return remote && named is null ? (url[(url.LastIndexOf('/') + 1)..], url) : null;
    }

    // the letter may stand among others: -sSLo FILE
    private static string? Joined(ShellCommand command, char letter)
    {
        for (var i = 0; i + 1 < command.Arguments.Length; i++)
        {
            var text = command.Arguments[i].Text;
            if (text.Length > 1 && text[0] == '-' && text[1] != '-' && text[^1] == letter) return command.Arguments[i + 1].Text;
        }
        return null;
    }

    private static string? Run(ShellCommand command)
    {
        if (IsInterpreter(command.Program) || command.Program is "source" or ".") return command.Arguments.FirstOrDefault(a => !a.Text.StartsWith('-'))?.Text;
        if (command.Program == "chmod") return command.Arguments.Any(a => a.Text.Contains('x') || a.Text.StartsWith('7')) && command.Arguments is [.., var last] ? last.Text : null;
        return command.Words.FirstOrDefault(w => w.Text.EndsWith("/" + command.Program, StringComparison.Ordinal))?.Text;
    }

    private static bool IsCheck(ShellCommand command) => command.Program is "sha256sum" or "sha512sum" or "sha1sum" or "shasum" or "gpg" or "gpgv" or "cosign" or "minisign" or "openssl" or "slsa-verifier" or "md5sum";

    /// <summary>A check covers the files it names, or, where it reads a list of sums, all of them.</summary>
    private static void Forget(ShellCommand check, ShellScript script, Dictionary<string, string> files)
    {
        _ = script;
        var named = files.Keys.Where(f => check.Arguments.Any(a => a.Text.Contains(f, StringComparison.Ordinal))).ToList();
        if (named.Count == 0) files.Clear();
        foreach (var file in named) files.Remove(file);
    }

    private static string Plain(string file) => file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file;

    /// <summary>An address that names a commit gives the same each time.</summary>
    internal static bool IsPinned(string? url)
    {
        if (url is null || !url.Contains("github", StringComparison.OrdinalIgnoreCase)) return false;
        return url.Split('/').Any(part => part.Length == 40 && part.All(char.IsAsciiHexDigit));
    }
}
