using System.CommandLine;
using Signalbox.Delivery;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Deploying;

/// <summary>The arguments that <c>up</c>, <c>deploy</c> and <c>check</c> share.</summary>
internal static class DeployOptions
{
    public static Argument<string> Path() => new("PATH")
    {
        Description = "a signalbox.yaml, or the directory that holds it",
        DefaultValueFactory = _ => ".",
    };

    public static Option<string?> Application() => new("--app") { Description = "only this application of the file", HelpName = "NAME" };

    public static Option<bool> NoBuild() => new("--no-build") { Description = "pack what is there, without running the file's pipeline.build" };

    public static Option<string?> Environment() => new("--env") { Description = "into this environment (default: the file's first)", HelpName = "NAME" };

    public static SignalboxException NoSuchEnvironment(Release release, string name) => new(ExitCode.Usage, Finding.Error(
        "environment-unknown", $"{release.Id} has no environment '{name}'; expected one of {string.Join(", ", release.Environments.Select(known => known.Name))}", new("command line"), $"--env {release.Environments[0].Name}"));
}
