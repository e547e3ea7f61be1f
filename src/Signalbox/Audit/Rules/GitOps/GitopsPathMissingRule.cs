using Signalbox.Audit.GitOps;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class GitopsPathMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "gitops-path-missing", "Source path not in the repository", Theme.GitOps, RuleSeverity.High, ["argo-cd", "flux"],
        "The application can never sync",
        "Name a folder of the repository, relative to its root")
    {
        Details = "Paths of sources that are this repository: by the address of its Git remote, or because most paths under that address exist here. Also value files beside a chart, and resources of a kustomization (those are shown to `--persona pedantic` where no application is declared).",
    };

    public void Check(Repository repository, Report report)
    {
        var paths = SourcePaths.All(repository);
        var own = SourcePaths.Own(repository, paths);
        foreach (var path in paths.Where(p => own.Contains(p.Url) && !repository.Exists(p.Path)))
            report.In(path.File, path.Entry.Range, $"{path.Title} reads from '{YamlQuote.Short(path.Path)}', which is not in this repository", "expected a path that exists");
        var level = paths.Count > 0 ? null : Level.Pedantic;
        foreach (var (file, kustomization) in repository.All<Kustomize.Kustomization>())
            foreach (var resource in kustomization.Resources.Concat(kustomization.Patches))
                if (kustomization.Local(resource.Value) is { Length: > 0 } local && !repository.Exists(local) && !resource.Value.Contains('*') && !resource.Value.StartsWith("github.com/", StringComparison.Ordinal))
                    report.In(file, resource.Range, $"the kustomization takes '{YamlQuote.Short(resource.Value)}', which is not there", "the build fails", level: level);
    }
}
