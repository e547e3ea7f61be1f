using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class WorkloadSecretMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "workload-secret-missing", "Workload uses a secret nobody creates", Theme.GitOps, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "external-secrets"],
        "The pod cannot start",
        "Declare an ExternalSecret or SealedSecret that makes it, or name the one that exists")
    {
        Details = "Secrets that are mounted or used to pull images; those in the environment are `env-source-missing`. Secrets come from manifests, External Secrets, Sealed Secrets, cert-manager, CSI classes, Vault, generators, commands of pipelines, and from operators that name them. Where no Secret of that namespace comes from this repository, they may come from elsewhere: shown to `--persona pedantic`.",
    };

    public void Check(Repository repository, Report report)
    {
        var sources = ConfigSources.Of(repository);
        foreach (var (file, pod) in Cluster.Of(repository).Pods)
            foreach (var entry in Mounted(pod).Concat(Pulled(pod)))
                if (entry.Value.Text() is { Length: > 0 } name && !Revision.IsOpen(name) && !sources.MayExist("Secret", name, pod.Owner))
                    report.In(file, entry.Range, $"{pod.Owner.Title} uses secret '{YamlQuote.Short(name)}', which nothing here makes", "expected a Secret or what makes one",
                        level: sources.Knows("Secret", pod.Owner) ? null : Level.Pedantic);
    }

    private static IEnumerable<YamlEntry> Mounted(Pod pod)
    {
        foreach (var volume in pod.Volumes)
        {
            if (volume.Get("secret") is { } secret && secret.Switch("optional") != true && secret.Entry("secretName") is { } name) yield return name;
            foreach (var source in volume.Get("projected", "sources").Items())
                if (source.Get("secret") is { } part && part.Switch("optional") != true && part.Entry("name") is { } projected) yield return projected;
        }
    }

    private static IEnumerable<YamlEntry> Pulled(Pod pod) => pod.Spec.Get("imagePullSecrets").Items().Select(s => s.Entry("name")).OfType<YamlEntry>();
}
