using Signalbox.Audit.Docker;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class UnpinnedImagePackageRule : Rule, IChecks<Docker.Dockerfile>
{
    public override RuleInfo Info { get; } = new(
        "unpinned-image-package", "Package installed in the image without a version", Theme.Dockerfile, RuleSeverity.Low, ["dockerfile"],
        "The image is not reproducible",
        "Give the version in the manager's own form, or install from a lock file")
    {
        Persona = Persona.Pedantic,
    };

    public void Check(Docker.Dockerfile file, Report report)
    {
        foreach (var command in file.Commands)
            if (PackageCommand.Of(command.Command) is { } package && PackagePins.Unpinned(package) is [var first, ..] all)
                report.At(command.InFile(first.Range), $"{package.Manager} installs {YamlQuote.Short(first.Text)}{(all.Count > 1 ? $" and {all.Count - 1} more" : "")} without a version", "the image is not reproducible");
    }
}
