using System.Buffers;
using System.Collections.Immutable;

namespace Signalbox.Pipelines.Shell;

/// <summary>Looks through programs that find or fetch a tool and start it: <c>npx</c>, <c>pnpm dlx</c>, <c>uvx</c>, <c>poetry run</c>, <c>python -m</c>.</summary>
internal static class LaunchedTool
{
    // doppler run -- pnpm exec dotenv -- npx tool
    private const int Deepest = 4;

    // options of launchers that take a value
    private static readonly HashSet<string> s_valued = new(StringComparer.Ordinal)
    {
        "-p", "--package", "--from", "--with", "--with-requirements", "--python", "--spec", "--pip-args", "--index-url", "--prefix", "-w", "--workspace", "-C", "--dir", "--filter", "-F", "--cwd",
        "--extra", "--group", "--env-file", "--directory", "--project", "--config", "-n", "--name", "-k", "--kill-after", "-s", "--signal", "--version", "-X", "-W", "-f",
    };

    // what follows a package's name
    private static readonly SearchValues<char> s_version = SearchValues.Create("@[=<>~!;");

    // packages that are not called what they install
    private static readonly Dictionary<string, string> s_packages = new(StringComparer.Ordinal) { ["firebase-tools"] = "firebase", ["aws-cdk"] = "cdk", ["netlify-cli"] = "netlify", ["better-npm-audit"] = "audit-ci" };

    /// <summary>The commands of what a command starts, from the launched to the innermost; each stands where the whole command does.</summary>
    public static IEnumerable<ShellCommand> In(ShellCommand command)
    {
        for (var depth = 0; depth < Deepest && Of(command) is { } launched; depth++) yield return command = launched;
    }

    private static ShellCommand? Of(ShellCommand command)
    {
        var words = command.Arguments;
        var at = Start(command.Program, words);
        if (at < 0 || at >= words.Length || words[at].Text.StartsWith('-')) return null;
        return new([words[at] with { Text = Named(words[at].Text) }, .. words[(at + 1)..]], command.Range, command.Link, command.Redirects, command.HereDocument, command.Depth);
    }

    /// <summary>Where the tool stands; -1 where nothing is launched.</summary>
    private static int Start(string program, ImmutableArray<ShellWord> words) => program switch
    {
        "npx" or "pnpx" or "bunx" or "uvx" or "dnx" => Past(words, 0),
        "npm" => After(words, "exec", "x"),
        "pnpm" => Either(words, "dlx", "exec", "run"),
        // it runs programs of the packages by their names alone
        "yarn" => Either(words, "dlx", "exec", "run"),
        "bun" => After(words, "x", "run"),
        "pipx" or "poetry" or "pipenv" or "pdm" or "rye" or "conda" or "micromamba" or "doppler" or "op" or "infisical" => After(words, "run"),
        "uv" => After(words, "run") is >= 0 and var run ? run : After(words, "tool", then: "run"),
        "dotnet" => After(words, "tool", then: "run") is >= 0 and var tool ? tool : After(words, "tool", then: "exec") is >= 0 and var once ? once : After(words, "dnx"),
        "bundle" or "asdf" or "rbenv" or "pyenv" => After(words, "exec"),
        "mise" => After(words, "exec", "x"),
        "aws-vault" or "chamber" => Behind(words),
        "sshpass" => Past(words, 0),
        "timeout" => Past(words, 0) is var limit && limit < words.Length ? Past(words, limit + 1) : -1,
        "py" => Module(words),
        _ => program.StartsWith("python", StringComparison.Ordinal) ? Module(words) : -1,
    };

    /// <summary>What follows one of the verbs, its options and <c>--</c>.</summary>
    private static int After(ImmutableArray<ShellWord> words, string verb, string? other = null, string? then = null)
    {
        var at = Past(words, 0);
        if (at >= words.Length || (words[at].Text != verb && words[at].Text != other)) return -1;
        at = Past(words, at + 1);
        return then is null ? at : at < words.Length && words[at].Text == then ? Past(words, at + 1) : -1;
    }

    /// <summary>What follows one of the verbs, or what stands where a verb would.</summary>
    private static int Either(ImmutableArray<ShellWord> words, params ReadOnlySpan<string> verbs)
    {
        var at = Past(words, 0);
        return at < words.Length && verbs.Contains(words[at].Text) ? Past(words, at + 1) : at;
    }

    /// <summary>What follows <c>-m</c> among an interpreter's own options.</summary>
    private static int Module(ImmutableArray<ShellWord> words)
    {
        for (var i = 0; i < words.Length && words[i].Text.StartsWith('-'); i++)
            if (words[i].Text == "-m") return i + 1;
        return -1;
    }

    private static int Behind(ImmutableArray<ShellWord> words)
    {
        for (var i = 0; i < words.Length; i++)
            if (words[i].Text == "--") return i + 1;
        return -1;
    }

    /// <summary>Goes past options with their values.</summary>
    private static int Past(ImmutableArray<ShellWord> words, int at)
    {
        for (; at < words.Length && words[at].Text.StartsWith('-'); at++)
        {
            if (words[at].Text == "--") return at + 1;
            if (s_valued.Contains(words[at].Text)) at++;
        }
        return at;
    }

    /// <summary>A package's program: <c>wrangler</c> of <c>@cloudflare/wrangler@3</c>, <c>pip-audit</c> of <c>pip_audit[toml]==2</c>.</summary>
    private static string Named(string package)
    {
        var name = package[(package.LastIndexOf('/') + 1)..];
        if (name.Length > 1 && name.AsSpan(1).IndexOfAny(s_version) is >= 0 and var end) name = name[..(end + 1)];
        name = name.Replace('_', '-');
        return s_packages.GetValueOrDefault(name, name);
    }
}
