using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.Design;

/// <summary>
/// What the controller is told for each environment: the commit whose manifests and the digest whose image belong there. Both are written in by the pipeline
/// when it delivers, so that no push alone releases anything. Sources: argo-cd.readthedocs.io/en/stable/operator-manual/application.yaml, fluxcd.io/flux/components.
/// </summary>
internal sealed class GitOpsManifests(DeliveryTarget target, DesignDecisions decisions)
{
    private const string ArgoSpace = "argocd", FluxSpace = "flux-system";

    private bool IsArgo => decisions["deploy"] == "argo-cd";

    /// <summary>The file that the pipeline fills in and applies.</summary>
    public static string FileOf(string controller, string environment) => $"{DeliveryDesigner.Folder}/{controller}/{environment}.yaml";

    /// <summary>What the controller's object is called.</summary>
    public static string ObjectOf(DeliveryTarget target, string environment) => $"{target.Application}-{environment}";

    public IEnumerable<(string Path, OutMap[] Objects)> Files()
    {
        if (IsArgo) yield return ($"{DeliveryDesigner.Folder}/argo-cd/project.yaml", [Project()]);
        foreach (var environment in target.Environments)
            yield return (FileOf(decisions["deploy"], environment), IsArgo ? [Application(environment)] : [Source(environment), Kustomization(environment)]);
    }

    private OutMap Project() => Kube.Object("argoproj.io/v1alpha1", "AppProject", target.Application, ArgoSpace).Add("spec", new OutMap()
        .Add("description", $"What {target.Application} may be made of, and where it may go").Add("sourceRepos", [decisions["repository"]])
        .Add("destinations", target.Environments.Select(e => (YamlOut)new OutMap().Add("server", "https://kubernetes.default.svc").Add("namespace", target.Namespace(e))).ToList())
        .Add("clusterResourceWhitelist", Kube.List(new OutMap().Add("group", "").Add("kind", "Namespace"))));

    private OutMap Application(string environment)
    {
        var spec = new OutMap().Add("project", target.Application);
        var folder = Git().Add("path", $"{DeliveryDesigner.Folder}/{environment}");
        if (target.Chart is { } chart) spec.Add("sources", Kube.List(Git().Add("path", chart.Folder).Add("helm", Helm(chart)), folder));
        else spec.Add("source", folder.Add("kustomize", new OutMap().Add("images", [$"{target.Image}={target.Repository}@{DeliveryDesigner.NoDigest}"])));
        spec.Add("destination", new OutMap().Add("server", "https://kubernetes.default.svc").Add("namespace", target.Namespace(environment)))
            .Add("revisionHistoryLimit", 10L)
            .Add("syncPolicy", new OutMap().Add("automated", new OutMap().Add("prune", true).Add("selfHeal", true))
                .Add("syncOptions", OutList.Of(["ServerSideApply=true", "RespectIgnoreDifferences=true", "PruneLast=true"]) with { Flow = false })
                .Add("retry", new OutMap().Add("limit", 3L).Add("backoff", new OutMap().Add("duration", "10s").Add("factor", 2L).Add("maxDuration", "3m"))));
        return Kube.Object("argoproj.io/v1alpha1", "Application", ObjectOf(target, environment), ArgoSpace).Add("spec", spec.Add("ignoreDifferences", Differences().ToList()));
    }

    // who takes releases out owns the number of pods, and Flagger where the Service leads
    private IEnumerable<YamlOut> Differences()
    {
        if (!decisions.Has("rollout")) yield break;
        if (!target.IsOwn || decisions["rollout"] == "flagger") yield return Difference("apps", "Deployment", "/spec/replicas");
        if (target.Chart is not null && decisions["rollout"] == "flagger") yield return Difference("", "Service", "/spec/selector");
    }

    private OutMap Difference(string group, string kind, string path) => new OutMap().Add("group", group).Add("kind", kind).Add("name", target.Name).Add("jsonPointers", OutList.Of([path]) with { Flow = false });

    private OutMap Git() => new OutMap().Add("repoURL", decisions["repository"]).Add("targetRevision", DeliveryDesigner.NoCommit);

    private OutMap Helm(ChartFound chart) => new OutMap().Add("releaseName", chart.Name).Add("parameters", Kube.List(Parameter("image.repository", target.Repository),
        chart.Digest ? Parameter("image.digest", DeliveryDesigner.NoDigest) : Parameter("image.tag", $"verified@{DeliveryDesigner.NoDigest}")));

    private static OutMap Parameter(string name, string value) => new OutMap().Add("name", name).Add("value", value).Add("forceString", true);

    private OutMap Source(string environment)
    {
        var spec = new OutMap().Add("interval", "5m").Add("timeout", "60s").Add("url", decisions["repository"]).Add("ref", new OutMap().Add("commit", DeliveryDesigner.NoCommit));
        if (decisions.Has("signatures")) spec.Add("verify", new OutMap().Add("mode", "HEAD").Add("secretRef", new OutMap().Add("name", "git-signers")));
        return Kube.Object("source.toolkit.fluxcd.io/v1", "GitRepository", ObjectOf(target, environment), FluxSpace).Add("spec", spec);
    }

    private OutMap Kustomization(string environment)
    {
        var spec = new OutMap().Add("interval", "10m").Add("retryInterval", "1m").Add("timeout", "10m").Add("path", $"./{DeliveryDesigner.Folder}/{environment}").Add("prune", true).Add("wait", true)
            .Add("sourceRef", new OutMap().Add("kind", "GitRepository").Add("name", ObjectOf(target, environment)));
        if (target.Chart is null) spec.Add("images", Kube.List(new OutMap().Add("name", target.Image).Add("newName", target.Repository).Add("digest", DeliveryDesigner.NoDigest)));
        // the chart's values are no image of a manifest: they are laid over those that people gave the release
        else spec.Add("patches", Kube.List(new OutMap().Add("patch", Values())));
        return Kube.Object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", ObjectOf(target, environment), FluxSpace).Add("spec", spec);
    }

    private string Values()
    {
        var key = target.Chart!.Digest ? "digest" : "tag";
        var value = target.Chart.Digest ? DeliveryDesigner.NoDigest : $"verified@{DeliveryDesigner.NoDigest}";
        return $"apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: {target.Name}\nspec:\n  values:\n    image:\n      repository: {target.Repository}\n      {key}: {value}\n";
    }

    /// <summary>The chart as Flux takes it out.</summary>
    /// <param name="steps">Whether another controller changes what the chart made: the number of pods, and where its Service leads.</param>
    public static OutMap Release(DeliveryTarget target, string environment, bool steps) => Kube.Object("helm.toolkit.fluxcd.io/v2", "HelmRelease", target.Name).Add("spec", new OutMap()
        .Add("interval", "10m").Add("timeout", "10m").Add("releaseName", target.Name)
        .Add("chart", new OutMap().Add("spec", new OutMap().Add("chart", $"./{target.Chart!.Folder}").Add("reconcileStrategy", "Revision")
            .Add("sourceRef", new OutMap().Add("kind", "GitRepository").Add("name", ObjectOf(target, environment)).Add("namespace", FluxSpace))))
        .Add("install", new OutMap().Add("remediation", new OutMap().Add("retries", 3L)))
        .Add("upgrade", new OutMap().Add("remediation", new OutMap().Add("retries", 3L).Add("strategy", "rollback").Add("remediateLastFailure", true)))
        .Add("driftDetection", new OutMap().Add("mode", "enabled").Add("ignore", steps ? Kube.List(Ignored("/spec/replicas", "Deployment"), Ignored("/spec/selector", "Service")) : [])));

    private static OutMap Ignored(string path, string kind) => new OutMap().Add("paths", OutList.Of([path]) with { Flow = false }).Add("target", new OutMap().Add("kind", kind));
}
