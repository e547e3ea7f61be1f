using Signalbox.Audit.Docker;
using Signalbox.Pipelines.Shell;

namespace Signalbox.Audit.Rules;

internal sealed class PackageUpdateAloneRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "package-update-alone", "Package index update in its own layer", Theme.Dockerfile, RuleSeverity.Medium, ["dockerfile"],
        "A cached index installs stale packages",
        "Update the index in the same RUN as the install");

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var run in file.Of("RUN"))
        {
            if (run.Script is not { } script || run.MountsCache("/var/lib/apt") || run.MountsCache("/var/cache/apk")) continue;
            var packages = script.Shell.Commands.Select(PackageCommand.Of).OfType<PackageCommand>().ToList();
            foreach (var update in packages)
                if (IsUpdate(update) && !packages.Any(p => p.Manager == update.Manager && p.Verb is not ("update" or "refresh" or "makecache")) && !Hides(script.Shell.Commands))
                    report.At(script.InFile(update.VerbWord.Range), $"{update.Command.Program} {update.Verb} stands in a layer of its own, which is cached while packages change", "expected the install in the same RUN",
                        level: update.Manager is "yum" or "dnf" ? Level.Auditor : null);
        }
    }

    private static bool IsUpdate(PackageCommand command) => (command.Verb is "update" or "refresh" && command.Operands.Count == 0 && command.Manager is "apt" or "apk" or "zypper" or "yum" or "dnf");

    // a script or a loop may install what cannot be seen here
    private static bool Hides(IReadOnlyList<ShellCommand> commands) => commands.Any(c => c.Program is "xargs" or "make" || c.Program.EndsWith(".sh", StringComparison.Ordinal));
}
