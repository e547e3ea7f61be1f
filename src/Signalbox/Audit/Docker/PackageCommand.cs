using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Docker;

/// <summary>A command of a package manager.</summary>
/// <param name="Manager">The family: <c>apt</c>, <c>apk</c>, <c>yum</c>, <c>dnf</c>, <c>zypper</c>, <c>pip</c>, <c>npm</c>, <c>yarn</c>, <c>gem</c>, <c>go</c>.</param>
/// <param name="Verb">What it does: <c>install</c>, <c>update</c> …, by the family's usual word.</param>
/// <param name="VerbWord">Where the verb stands.</param>
/// <param name="Operands">The words that are neither options nor their values: packages.</param>
internal sealed record PackageCommand(string Manager, string Verb, ShellWord VerbWord, IReadOnlyList<ShellWord> Operands, ShellCommand Command)
{
    /// <summary>The command read; null where it is none of a package manager.</summary>
    public static PackageCommand? Of(ShellCommand command)
    {
        var words = command.Arguments;
        var manager = Family(command.Program);
        // python -m pip install
        if (manager is null && command.Program.StartsWith("python", StringComparison.Ordinal) && words is [{ Text: "-m" }, { Text: "pip" }, ..]) (manager, words) = ("pip", [.. words.Skip(2)]);
        if (manager is null) return null;
        var operands = Positional(manager, words);
        return operands is [var verb, .. var rest] ? new(manager, Usual(verb.Text), verb, rest, command) : null;
    }

    private static string? Family(string program) => program switch
    {
        "apt" or "apt-get" or "aptitude" => "apt",
        "apk" => "apk",
        "yum" => "yum",
        "dnf" or "microdnf" or "tdnf" or "dnf5" => "dnf",
        "zypper" => "zypper",
        "npm" => "npm",
        "yarn" or "yarnpkg" => "yarn",
        "gem" => "gem",
        "go" => "go",
        _ when program.StartsWith("pip", StringComparison.Ordinal) && program.AsSpan(3).IndexOfAnyExceptInRange('.', '9') < 0 => "pip",
        _ => null,
    };

    private static string Usual(string verb) => verb switch
    {
        "add" or "in" or "i" or "groupinstall" or "localinstall" or "reinstall" => "install",
        "ref" => "refresh",
        "dup" or "full-upgrade" => "dist-upgrade",
        _ => verb,
    };

    private static List<ShellWord> Positional(string manager, IReadOnlyList<ShellWord> words)
    {
        var operands = new List<ShellWord>();
        for (var i = 0; i < words.Count; i++)
        {
            var text = words[i].Text;
            if (!text.StartsWith('-') || text == "-") operands.Add(words[i]);
            else if (!text.Contains('=') && s_valued.TryGetValue(manager, out var valued) && valued.Contains(text)) i++;
        }
        return operands;
    }

    // options whose next word is their value, by the manuals of the managers
    private static readonly Dictionary<string, HashSet<string>> s_valued = new(StringComparer.Ordinal)
    {
        ["apt"] = ["-t", "--target-release", "--default-release", "-o", "--option", "-c", "--config-file", "-a", "--host-architecture"],
        ["apk"] = ["-t", "--virtual", "-X", "--repository", "-p", "--root", "--arch", "--keys-dir", "--cache-dir", "--repositories-file", "--wait"],
        ["yum"] = ["--enablerepo", "--disablerepo", "--installroot", "--releasever", "--setopt", "-c", "-x", "--exclude"],
        ["dnf"] = ["--enablerepo", "--disablerepo", "--installroot", "--releasever", "--setopt", "-c", "-x", "--exclude", "--repo", "--repoid", "--forcearch"],
        ["zypper"] = ["-R", "--root", "-r", "--repo", "-t", "--type", "--from", "-p", "--plus-repo"],
        ["pip"] =
        [
            "-r", "--requirement", "-c", "--constraint", "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t", "--target", "--prefix", "--root", "--python", "--trusted-host", "--proxy",
            "--src", "--cache-dir", "--platform", "--only-binary", "--no-binary", "--timeout", "--retries", "--progress-bar", "--cert", "--log", "--report", "-e", "--editable", "--default-timeout",
            "--config-settings", "--global-option", "--install-option", "--upgrade-strategy", "--root-user-action", "--exists-action", "--python-version", "--implementation", "--abi",
        ],
        ["npm"] = ["--registry", "--prefix", "-C", "--loglevel", "--cache", "--userconfig", "-w", "--workspace", "--omit", "--include", "--tag", "--otp"],
        ["gem"] = ["-v", "--version", "-s", "--source", "-i", "--install-dir", "-n", "--bindir", "-P", "--trust-policy", "--platform"],
        ["go"] = ["-o", "-ldflags", "-tags", "-gcflags", "-mod", "-C", "-p"],
    };
}
