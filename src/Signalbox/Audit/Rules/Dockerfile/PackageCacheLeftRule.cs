using Signalbox.Audit.Docker;
using Signalbox.Audit.GitHub;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

internal sealed class PackageCacheLeftRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "package-cache-left", "Package cache left in the layer", Theme.Dockerfile, RuleSeverity.Low, ["dockerfile"],
        "A larger image pulls more slowly on every rollout",
        "Clean up in the same RUN, or mount a cache")
    {
        Persona = Persona.Pedantic,
        Fix = FixSafety.Safe,
        Details = "Stages that are not in the image are shown to `--persona auditor`.",
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        var keepsNoPip = file.Of("ENV").Any(e => e.Pairs.Any(p => p.Name == "PIP_NO_CACHE_DIR" && p.Value is not ("" or "0" or "false" or "off")));
        var needsLists = new Lazy<bool>(() => NeedsLists(file));
        var seen = new HashSet<(Instruction, string)>();
        foreach (var command in file.Commands)
        {
            if (PackageCommand.Of(command.Command) is not { } package || PackageCaches.Left(command, package) is not { } left || (package.Manager == "pip" && keepsNoPip)) continue;
            if (!seen.Add((command.Run, package.Manager))) continue;
            report.At(command.InFile(package.VerbWord.Range), $"{package.Manager} leaves {left.What} in the layer", $"expected {left.Clean}",
                fix: Mend(command, package, left, needsLists, report), level: file.IsInImage(command.Run.Stage) ? null : Level.Auditor);
        }
    }

    private static Fix? Mend(DockerCommand command, PackageCommand package, PackageCache left, Lazy<bool> needsLists, Report report)
    {
        if (left.Clean.StartsWith("--", StringComparison.Ordinal)) return command.Run.IsExec ? null : DockerFix.After(report, FixSafety.Safe, $"add {left.Clean}", command.InFile(package.VerbWord.Range), " " + left.Clean);
        // only a plain chain of commands takes one more at its end; a comment would swallow it
        var script = command.Run.Script!.Text.TrimEnd();
        if (command.Run.IsExec || script.Contains('\n') || script[^1] is ';' or '&' or '|' || ShellQuoting.At(script, script.Length) != Quoting.Plain) return null;
        if (command.Siblings.Any(c => c.Link is ShellLink.Or or ShellLink.Background) || (package.Verb == "update" && (needsLists.Value || !command.Siblings.Select(PackageCommand.Of).Any(Installs)))) return null;
        return DockerFix.After(report, FixSafety.Safe, "clean up in the same layer", command.InFile(new(script.Length - 1, script.Length)), " && " + left.Clean);
    }

    /// <summary>Whether a RUN installs from lists that an earlier one left.</summary>
    private static bool NeedsLists(Docker.Dockerfile file) => file.Commands.GroupBy(c => c.Run, c => PackageCommand.Of(c.Command))
        .Any(run => run.Any(Installs) && !run.Any(p => p is { Manager: "apt", Verb: "update" }));

    private static bool Installs(PackageCommand? package) => package is { Manager: "apt", Verb: "install" or "upgrade" or "dist-upgrade" or "build-dep" or "satisfy" };
}
