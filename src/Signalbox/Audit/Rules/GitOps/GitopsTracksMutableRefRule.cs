using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class GitopsTracksMutableRefRule : Rule, IChecks<KubernetesObject>
{
    public override RuleInfo Info { get; } = new(
        "gitops-tracks-mutable-ref", "Production follows a moving ref", Theme.GitOps, RuleSeverity.Medium, ["argo-cd", "flux"],
        "Any push is a release",
        "Follow a tag or a commit in production, and let a pull request or a promotion move it")
    {
        Details = "Branches, HEAD and nothing; for charts and OCI artifacts ranges, `latest` and nothing. Shown to everyone where names, namespace or path say production and the sync is automatic; a manual sync is shown to `--persona pedantic`, everything else to `--persona auditor`. What `flux bootstrap` writes for itself is left out.",
    };

    public void Check(KubernetesObject target, Report report)
    {
        if (ArgoApplication.Of(target) is { } application) Argo(application, report);
        else if (!target.IsPartial && target.Spec is YamlMapping && target.Name != Flux.Bootstrap) Source(target, report);
    }

    private static void Argo(ArgoApplication application, Report report)
    {
        var level = !application.IsProduction(report.File) ? Level.Auditor : application.Automated is null ? Level.Pedantic : null;
        foreach (var source in application.Sources)
        {
            var text = source.Revision?.Value.Text();
            if (Revision.IsOpen(text) || source.Url is null || Revision.IsOpen(source.Url) || !(source.Chart is null ? Revision.IsMovingGit(text) : Revision.IsRange(text))) continue;
            report.At((source.Revision ?? source.Root.Entry("repoURL")!).Range, $"{application.Owner.Title} follows {Named(text, source.Chart is null ? "the default branch" : "the newest version")} of {YamlQuote.Short(source.Chart ?? source.Url)}", "expected a tag or a commit", level: level);
        }
    }

    private static void Source(KubernetesObject target, Report report)
    {
        var reference = target.Spec.Entry("ref");
        var moving = Flux.IsSource(target, "GitRepository") ? Git(reference?.Value) : Flux.IsSource(target, "OCIRepository") ? Oci(reference?.Value) : null;
        if (moving is null || target.Spec.Text("url") is not { } url || Revision.IsOpen(moving)) return;
        report.At(reference?.Range ?? target.Range, $"{target.Title} follows {moving} of {YamlQuote.Short(url)}", "expected a tag, a commit or a digest",
            level: Production.Names(target.Name, target.Namespace, report.File.Path) ? null : Level.Auditor);
    }

    // the order in which the controller takes them: commit, then name, semver, tag, branch
    private static string? Git(YamlNode? reference) =>
        reference.Text("commit") is not null ? null
        : reference.Text("name") is { } name ? (name.StartsWith("refs/tags/", StringComparison.Ordinal) ? null : YamlQuote.Short(name))
        : reference.Text("semver") is { } range ? (Revision.IsRange(range) ? "range " + YamlQuote.Short(range) : null)
        : reference.Text("tag") is not null ? null
        : Named(reference.Text("branch"), "the default branch");

    private static string? Oci(YamlNode? reference) =>
        reference.Text("digest") is not null ? null
        : reference.Text("semver") is { } range ? (Revision.IsRange(range) ? "range " + YamlQuote.Short(range) : null)
        : reference.Text("tag") is { } tag && tag != "latest" ? null
        : "latest";

    private static string Named(string? text, string otherwise) => string.IsNullOrEmpty(text) ? otherwise : text == "HEAD" ? "HEAD" : YamlQuote.Short(text);
}
