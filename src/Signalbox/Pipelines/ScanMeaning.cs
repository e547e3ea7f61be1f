using Signalbox.Pipelines.Shell;

namespace Signalbox.Pipelines;

/// <summary>Commands that look for weaknesses, and what keeps them from failing: each tool's own documentation of its exit code.</summary>
internal static class ScanMeaning
{
    // by itself it only prints: whatever reads that may decide
    private const string Prints = "its exit code is 0 whatever it finds";

    public static CommandMeaning.Meaning? Of(ShellCommand command) => command.Program switch
    {
        "trivy" => Trivy(command),
        "grype" when command.Verb is not ("db" or "version" or "completion" or "help") => Named(command, Lacks(command, "--fail-on", "-f"), ofImage: command.Verb is not (['.' or '/', ..] or ['d', 'i', 'r', ':', ..] or ['f', 'i', 'l', 'e', ':', ..])),
        "snyk" when command.Verb is not ("auth" or "config" or "version" or "help" or "ignore") => Named(command, null, ofImage: command.Verb == "container" || command.Has("--docker")),
        "clair" or "clair-scanner" or "dockle" or "sysdig-cli-scanner" => Named(command, null, ofImage: true),
        "twistcli" or "anchorectl" or "anchore-cli" when command.Verb is "images" or "image" => Named(command, null, ofImage: true),
        "osv-scanner" => Named(command, null, ofImage: command.Has("--docker") || command.Arguments.Any(a => a.Text == "image")),
        "trufflehog" or "ggshield" => Named(command, null, ofImage: command.Arguments.Any(a => a.Text == "docker")),
        "semgrep" or "brakeman" or "tfsec" or "terrascan" or "kics" or "nancy" or "retire" or "audit-ci" => Named(command, null),
        "checkov" => Named(command, Given(command, "--soft-fail"), ofImage: command.Has("--docker-image")),
        "gitleaks" => Named(command, command.Value("--exit-code") == "0" ? "--exit-code 0" : null),
        "bandit" => Files(Given(command, "--exit-zero")),
        "gosec" => Files(Given(command, "-no-fail") ?? Given(command, "--no-fail")),
        // go.dev/doc: with a format for programs it succeeds whatever it finds
        "govulncheck" => Files((command.Value("-format") ?? command.Value("--format")) is "json" or "sarif" or "openvex" || command.Arguments.Any(a => a.Text is "-json" or "--json") ? Prints : null, prints: true),
        "pip-audit" when !command.Arguments.Any(a => a.Text is "--fix" or "--version") => Files(null),
        "safety" when command.Verb is "check" or "scan" => Files(Given(command, "--continue-on-error")),
        "npm" or "pnpm" or "bun" when command.Verb == "audit" && !Goes(command, "audit", "fix", "signatures") => Files(command.Value("--audit-level") == "none" ? "--audit-level=none" : null),
        "yarn" when command.Verb == "audit" || command.Is("yarn", "npm", "audit") => Files(null),
        "cargo" when command.Verb == "audit" && !Goes(command, "audit", "fix", "bin") => Files(null),
        "cargo" when command.Is("cargo", "deny", "check") && Checks(command) is { } checks && (checks.Length == 0 || checks.Intersect(["advisories", "all"]).Any()) => Files(null),
        "bundle" when command.Verb == "audit" && !Goes(command, "audit", "update", "version", "stats") => Files(null),
        "bundle-audit" or "bundler-audit" when command.Verb is null or "check" => Files(null),
        "composer" when command.Verb == "audit" => Files(null),
        "dotnet" when command.Arguments.Any(a => a.Text == "--vulnerable") && (command.Verb == "list" || command.Is("dotnet", "package", "list")) => Files(Prints, prints: true),
        _ => null,
    };

    private static CommandMeaning.Meaning? Trivy(ShellCommand command)
    {
        if (command.Verb is "version" or "plugin" or "clean" or "convert" or "login" or "server" || command.Has("--download-db-only") || command.Has("--download-java-db-only")) return null;
        return command.Value("--format") is "cyclonedx" or "spdx" or "spdx-json"
            ? new(ActivityKind.Sbom, command.Last)
            : new(ActivityKind.Scan, command.Last, command.Value("--exit-code") is null or "0" ? "no --exit-code" : null, IsOfImage: !s_trees.Contains(command.Verb));
    }

    // trivy.dev, "trivy": what reads sources and settings
    private static readonly string?[] s_trees = ["fs", "filesystem", "repo", "repository", "config", "conf", "aws", "vm"];

    private static CommandMeaning.Meaning Named(ShellCommand command, string? toothless, bool ofImage = false) => new(ActivityKind.Scan, command.Verb, toothless, IsOfImage: ofImage);

    private static CommandMeaning.Meaning Files(string? toothless, bool prints = false) => new(ActivityKind.Scan, null, toothless, prints && toothless is not null);

    private static string? Lacks(ShellCommand command, string option, string letter) => command.Has(option) || command.Has(letter) ? null : $"no {option}";

    private static string? Given(ShellCommand command, string option) => command.Arguments.Any(a => a.Text == option) ? option : null;

    // npm audit fix, bundle audit update: no look at what is there
    private static bool Goes(ShellCommand command, string verb, params ReadOnlySpan<string> others)
    {
        foreach (var other in others)
            if (command.Is(command.Program, verb, other)) return true;
        return false;
    }

    private static string[] Checks(ShellCommand command) => [.. command.Arguments.Select(a => a.Text).SkipWhile(a => a != "check").Skip(1).Where(a => !a.StartsWith('-'))];
}
