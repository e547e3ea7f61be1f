using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UnpinnedPackageInstallRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "unpinned-package-install", "Package installed without an exact version", Theme.SupplyChain, RuleSeverity.Low, ["github-actions", "gitlab-ci", "azure-pipelines", "jenkins"],
        "The same commit builds differently tomorrow", "Give each package its version (pip install flake8==7.1.1), or install from a lock file")
    {
        Persona = Persona.Pedantic,
        Details = "npm, yarn, pnpm, pip, pipx, gem, go install, cargo install, nuget and choco. What lies in the tree, comes from a lock or requirements file, or names a version is not found. "
            + "Outside GitHub Actions what pip installs by name is shown to everyone, but for packaging, test and lint tools, which are only run.",
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Script is not { } script) return;
        if (site.Pipeline.Platform != Platform.GitHubActions) { CheckLibraries(script, report); return; }
        foreach (var command in script.Shell.Commands)
            if (Unpinned(command) is { } package) report.At(script.InFile(command.Range), $"`{command.Program}` installs '{YamlQuote.Short(package)}' in whatever version is newest");
    }

    /// <summary>On platforms of long-lived runners: what the build or its tests load from Python's index, for everyone; tools that are only run are left alone.</summary>
    private static void CheckLibraries(Script script, Report report)
    {
        foreach (var command in script.Shell.Commands)
            foreach (var word in PackageInstall.Unpinned(command))
                report.At(script.InFile(word.Range), $"`{command.Program}` installs '{YamlQuote.Short(word.Text)}' in whatever version is newest", "expected an exact version", level: new(Persona: Persona.Regular));
    }

    internal static string? Unpinned(ShellCommand command) => command.Program switch
    {
        "npm" when command.Verb is "install" or "i" or "add" => First(command, 1, HasNpmVersion),
        "yarn" when command.Verb == "add" => First(command, 1, HasNpmVersion),
        "yarn" when command.Is("yarn", "global", "add") => First(command, 2, HasNpmVersion),
        "pnpm" when command.Verb is "add" => First(command, 1, HasNpmVersion),
        "pip" or "pip3" when command.Verb == "install" && !command.Has("--require-hashes") => Pip(command, 1),
        "pipx" when command.Verb == "install" => Pip(command, 1),
        "uv" when command.Is("uv", "pip", "install") || command.Is("uv", "tool", "install") => Pip(command, 2),
        "gem" when command.Verb == "install" && !command.Has("-v") && !command.Has("--version") => First(command, 1, name => name.Contains(':') || name.EndsWith(".gem", StringComparison.Ordinal)),
        "go" when command.Verb is "install" or "get" => First(command, 1, name => !name.Contains('.') || name.StartsWith('.') || (name.Contains('@') && !name.EndsWith("@latest", StringComparison.Ordinal) && !name.EndsWith("@master", StringComparison.Ordinal) && !name.EndsWith("@main", StringComparison.Ordinal))),
        "cargo" when command.Verb == "install" && !command.Has("--version") && !command.Has("--path") && !command.Has("--git") => First(command, 1, name => name.Contains('@')),
        "choco" when command.Verb is "install" or "upgrade" && !command.Has("--version") && !command.Has("--requirechecksum") => First(command, 1, name => name.EndsWith(".config", StringComparison.Ordinal)),
        "nuget" when command.Verb == "install" && !command.Has("-Version") => First(command, 1, name => name.EndsWith(".config", StringComparison.OrdinalIgnoreCase)),
        _ when command.Program.StartsWith("python", StringComparison.Ordinal) && command.Is(command.Program, "pip", "install") && command.Has("-m") => Pip(command, 2),
        _ => null,
    };

    private static string? First(ShellCommand command, int verbs, Func<string, bool> pinned) => Names(command, verbs).FirstOrDefault(n => !pinned(n));

    private static IEnumerable<string> Names(ShellCommand command, int verbs) =>
        command.Arguments.Where(a => !a.Text.StartsWith('-')).Skip(verbs).Select(a => a.Text).Where(n => !n.StartsWith('.') && !n.StartsWith('/') && !n.StartsWith('$') && !n.Contains("://", StringComparison.Ordinal) && n.Length > 0);

    /// <summary><c>name@1.2.3</c> has a version, <c>name@latest</c> and <c>@scope/name</c> have none.</summary>
    private static bool HasNpmVersion(string name)
    {
        var at = name.LastIndexOf('@');
        return (at > 0 && char.IsAsciiDigit(name[Math.Min(at + 1, name.Length - 1)])) || name.EndsWith(".tgz", StringComparison.Ordinal);
    }

    private static string? Pip(ShellCommand command, int verbs)
    {
        // the word after these is no package
        ReadOnlySpan<string> options = ["-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t", "--target", "--prefix", "--root", "--platform", "--python-version"];
        var skip = false;
        var verb = 0;
        foreach (var word in command.Arguments)
        {
            var text = word.Text;
            if (skip) { skip = false; continue; }
            if (text.StartsWith('-')) { skip = options.Contains(text); continue; }
            if (verb++ < verbs) continue;
            if (text.StartsWith('.') || text.StartsWith('/') || text.StartsWith('$') || text.Contains("://", StringComparison.Ordinal) || text.EndsWith(".whl", StringComparison.Ordinal) || text.EndsWith(".gz", StringComparison.Ordinal) || text.Contains("==", StringComparison.Ordinal)) continue;
            // the installers themselves
            if (text is "pip" or "setuptools" or "wheel") continue;
            return text;
        }
        return null;
    }
}
