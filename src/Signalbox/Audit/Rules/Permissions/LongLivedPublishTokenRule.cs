using Signalbox.Audit.Readers;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

internal sealed class LongLivedPublishTokenRule : Rule, IChecks<PipelineStep>
{
    public override RuleInfo Info { get; } = new(
        "long-lived-publish-token", "Stored token where identity federation exists", Theme.Permissions, RuleSeverity.Low, ["github-actions", "gitlab-ci"],
        "A short-lived identity token cannot be stolen from storage", "Set up trusted publishing at the registry, give the job id-token: write and drop the stored token")
    {
        Persona = Persona.Pedantic,
        Details = "Registries with trusted publishing: PyPI, RubyGems, crates.io, npm, NuGet, pub.dev. A publishing command in a job that may ask for an identity token is not found.",
    };

    public void Check(PipelineStep site, Report report)
    {
        if (site.Step.Uses is { } uses && TokenInput(uses, site.Step) is { } message) report.At(uses.Range, message);
        if (site.Step.Script is not { } script || site.Pipeline.Platform != Platform.GitHubActions || site.Pipeline.Triggers.Length == 0 || HasIdentity(site)) return;
        foreach (var command in script.Shell.Commands)
            if (Publishes(command) || LaunchedTool.In(command).Any(Publishes)) report.At(script.InFile(command.Range), $"`{command.Program}` publishes with a stored token", "the job cannot ask for an identity token");
    }

    private static bool HasIdentity(PipelineStep site) => (site.Job.Permissions ?? site.Pipeline.Permissions)?.Of("id-token") == Access.Write;

    // inputs as each action's README has them
    private static string? TokenInput(UsedCode uses, Step step) => uses.Name.ToLowerInvariant() switch
    {
        "pypa/gh-action-pypi-publish" when step.Input("password") is not null && IsPublic(step.Input("repository-url") ?? step.Input("repository_url"), "pypi") =>
            "the package is published with a password; PyPI takes the job's identity",
        "rubygems/release-gem" when step.Input("setup-trusted-publisher") is { } set && set.Equals("false", StringComparison.OrdinalIgnoreCase) => "trusted publishing is switched off",
        "rubygems/configure-rubygems-credentials" when step.Input("api-token") is not null && IsPublic(step.Input("gem-server"), "rubygems") => "the gem is published with a token; RubyGems takes the job's identity",
        "actions/setup-node" when step.Input("always-auth") is { } always && always.Equals("true", StringComparison.OrdinalIgnoreCase) && IsPublic(step.Input("registry-url"), "npmjs") =>
            "the package is published with a token; npm takes the job's identity",
        _ => null,
    };

    /// <summary>The public registry, which takes identities: the default, or one whose host has its name as a part (<c>upload.NAME.org</c>).</summary>
    private static bool IsPublic(string? url, string name) =>
        url is null || (Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Host.Split('.') is { Length: <= 3 } parts && parts.Contains(name, StringComparer.OrdinalIgnoreCase));

    private static bool Publishes(ShellCommand command) => command.Program switch
    {
        "cargo" => Says(command, "publish") && !Dry(command),
        "hatch" or "pdm" => Says(command, "publish"),
        "uv" or "poetry" or "npm" or "pnpm" or "bun" => Says(command, "publish") && !Dry(command) && !Says(command, "run"),
        "twine" => Says(command, "upload"),
        "gem" => Says(command, "push"),
        "yarn" => Says(command, "publish") && !Says(command, "run") && !(Says(command, "npm") && Dry(command)),
        "nuget" or "nuget.exe" => Says(command, "push"),
        "dotnet" => Says(command, "nuget") && Says(command, "push"),
        _ => false,
    };

    private static bool Says(ShellCommand command, string word) => command.Arguments.Any(a => a.Text == word);

    private static bool Dry(ShellCommand command) => command.Arguments.Any(a => a.Text is "--dry-run" or "-n");
}
