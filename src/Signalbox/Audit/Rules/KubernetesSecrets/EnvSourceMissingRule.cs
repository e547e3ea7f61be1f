using Signalbox.Audit.GitOps;
using Signalbox.Audit.Kubernetes;
using Signalbox.Yaml;

namespace Signalbox.Audit.Rules;

internal sealed class EnvSourceMissingRule : Rule, IChecks<Repository>
{
    public override RuleInfo Info { get; } = new(
        "env-source-missing", "Environment source not found", Theme.KubernetesSecrets, RuleSeverity.High, ["kubernetes", "helm", "kustomize", "argo-rollouts"],
        "The pod cannot start",
        "Declare the ConfigMap or Secret with that key, or set optional: true where the program does without")
    {
        Details = "References of `env` and `envFrom`, and keys that a declared ConfigMap or Secret does not have. Where none of that kind is declared beside it (in its chart or kustomization, its folder or one above or below), a chart that lies elsewhere is deployed there, or the name is one of the chart's values, they may come from elsewhere: shown to `--persona pedantic`.",
    };

    public void Check(Repository repository, Report report)
    {
        var sources = ConfigSources.Of(repository);
        foreach (var (file, pod) in Cluster.Of(repository).Pods)
            foreach (var container in pod.All)
            {
                foreach (var variable in container.Environment)
                {
                    Check(sources, file, container, "ConfigMap", variable.Get("valueFrom", "configMapKeyRef"), report);
                    Check(sources, file, container, "Secret", variable.Get("valueFrom", "secretKeyRef"), report);
                }
                foreach (var source in container.Root.Get("envFrom").Items())
                {
                    Check(sources, file, container, "ConfigMap", source.Get("configMapRef"), report);
                    Check(sources, file, container, "Secret", source.Get("secretRef"), report);
                }
            }
    }

    private static void Check(ConfigSources sources, SourceFile file, PodContainer container, string kind, YamlNode? reference, Report report)
    {
        if (reference.Entry("name") is not { } entry || entry.Value.Text() is not { Length: > 0 } name || Revision.IsOpen(name) || reference.Switch("optional") == true) return;
        var owner = container.Pod.Owner;
        var declared = sources.Declared(kind, name, owner).ToList();
        if (declared.Count == 0 && !sources.MayExist(kind, name, owner))
            report.In(file, entry.Range, $"{container.Title} takes its environment from {kind} '{YamlQuote.Short(name)}', which nothing here makes", $"expected a {kind}", level: sources.Knows(kind, owner) && !file.IsGiven(entry.Value.Range) && !MadeElsewhere.Of(report.Repository).HasChart(owner) ? null : Level.Pedantic);
        else if (reference.Entry("key") is { } key && key.Value.Text() is { } text && declared.Count > 0 && declared.All(d => ConfigSources.Keys(d) is { } keys && !keys.Contains(text)))
            report.In(file, key.Range, $"{container.Title} takes key '{YamlQuote.Short(text)}' of {kind} '{YamlQuote.Short(name)}', which it does not have", "expected one of its keys");
    }
}
