using System.Globalization;
using Signalbox.Pipelines.Writing;

namespace Signalbox.Pipelines.Design;

/// <summary>
/// Makes the manifests by which a release reaches its clusters: what the controller applies for each environment, how the release goes out step by step, and
/// what protects it. People's own manifests and charts are taken in as they are.
/// </summary>
internal sealed class DeliveryDesigner(RepositorySurvey survey, DesignDecisions decisions)
{
    /// <summary>Where the manifests lie.</summary>
    public const string Folder = "delivery";

    /// <summary>What stands in Git where the pipeline writes the digest that it verified: no image has it, so that nothing unverified can run by accident.</summary>
    public const string NoDigest = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>What stands in Git where the pipeline writes the commit.</summary>
    public const string NoCommit = "0000000000000000000000000000000000000000";

    private const string Heading = "Written by signalbox design; signalbox design --explain says why. What you change here is kept: the next run merges it.";

    private readonly DeliveryTarget _target = new(survey, decisions);

    public IEnumerable<DesignedFile> Files() => [.. Kustomized(), .. Base(), .. _target.Environments.SelectMany(Environment), .. new GitOpsManifests(_target, decisions).Files().Select(f => File(f.Path, f.Objects)), new($"{Folder}/RUNBOOK.md", DeliveryRunbook.Write(_target, decisions))];

    /// <summary>A folder of plain manifests that no kustomization takes in yet.</summary>
    private IEnumerable<DesignedFile> Kustomized() => survey.Workload is not { IsKustomized: false } workload ? [] :
        [File($"{workload.Folder}/kustomization.yaml", Kustomization().Add("resources", Lines(workload.Files)))];

    private IEnumerable<DesignedFile> Base()
    {
        var files = new List<(string Name, OutMap[] Objects)>();
        if (_target.IsOwn) files.Add(("workload.yaml", [.. new WorkloadManifests(_target, decisions).Objects()]));
        if (decisions["rollout"] == "argo-rollouts") files.Add(("rollout.yaml", [.. new RolloutManifests(_target, decisions).Objects()]));
        if (decisions["rollout"] == "flagger") files.Add(("canary.yaml", [.. new CanaryManifests(_target, decisions).Objects()]));
        if (decisions.Has("budget")) files.Add(("budget.yaml", [Budget()]));
        if (!HasBase) yield break;
        var resources = files.Select(f => f.Name);
        if (survey.Workload is { } workload) resources = resources.Prepend("../../" + workload.Folder);
        yield return File($"{Folder}/base/kustomization.yaml", Kustomization().Add("resources", Lines(resources)).Add("patches", Patches().ToList()));
        foreach (var (name, objects) in files) yield return File($"{Folder}/base/{name}", objects);
    }

    /// <summary>Whether there is anything that all environments share.</summary>
    private bool HasBase => _target.IsOwn || survey.Workload is not null || decisions.Has("rollout") || decisions.Has("budget");

    // what people's own Deployment lacks is laid over it, so that its file stays theirs
    private IEnumerable<YamlOut> Patches()
    {
        if (survey.Workload is not { } workload) yield break;
        var operations = new List<string>();
        // Argo CD is told to leave the number alone; Flux would put it back
        if (workload.Replicas && decisions.Has("rollout") && decisions["deploy"] == "flux") operations.Add("- op: remove\n  path: /spec/replicas");
        if (!workload.Readiness) operations.Add($"- op: add\n  path: /spec/template/spec/containers/0/readinessProbe\n  value: {Flow(_target.Readiness)}");
        if (!workload.Liveness) operations.Add($"- op: add\n  path: /spec/template/spec/containers/0/livenessProbe\n  value: {Flow(DeliveryTarget.Liveness(_target.Port))}");
        // Flagger makes a Service of that name, whose pods it chooses
        if (decisions["rollout"] == "flagger" && workload.Service is { } service)
            yield return new OutMap().Add("target", new OutMap().Add("kind", "Service").Add("name", service.Name)).Add("patch", $"$patch: delete\napiVersion: v1\nkind: Service\nmetadata:\n  name: {service.Name}\n");
        if (operations.Count > 0) yield return new OutMap().Add("target", new OutMap().Add("kind", workload.Kind).Add("name", workload.Name)).Add("patch", string.Join('\n', operations) + "\n");
    }

    private static string Flow(OutMap map) => "{ " + string.Join(", ", map.Entries.Select(e => $"{e.Key}: {(e.Value switch { OutMap inner => Flow(inner), OutPlain plain => plain.Value, var text => YamlScalarText.Line(((OutText)text!).Value) })}")) + " }";

    private OutMap Budget() => Kube.Object("policy/v1", "PodDisruptionBudget", _target.Name).Add("spec", new OutMap()
        .Add("maxUnavailable", long.Parse(decisions["budget"], CultureInfo.InvariantCulture)).Add("unhealthyPodEvictionPolicy", "AlwaysAllow").Add("selector", _target.Selector(decisions["rollout"] == "flagger")));

    private IEnumerable<DesignedFile> Environment(string environment)
    {
        var secrets = Secrets(environment).ToArray();
        var folder = $"{Folder}/{environment}";
        var resources = new List<string> { "namespace.yaml" };
        if (secrets.Length > 0) resources.Add("secrets.yaml");
        if (HasBase) resources.Insert(0, "../base");
        if (_target.IsRelease) resources.Add("release.yaml");
        yield return File($"{folder}/kustomization.yaml", Kustomization().Add("namespace", _target.Namespace(environment)).Add("resources", Lines(resources)));
        yield return File($"{folder}/namespace.yaml", Kube.Namespace(_target.Namespace(environment), _target.IsOwn ? "restricted" : "baseline"));
        if (secrets.Length > 0) yield return File($"{folder}/secrets.yaml", secrets);
        if (_target.IsRelease) yield return File($"{folder}/release.yaml", GitOpsManifests.Release(_target, environment, decisions.Has("rollout")));
    }

    private IEnumerable<OutMap> Secrets(string environment)
    {
        foreach (var name in _target.Secrets)
            yield return Kube.Object("external-secrets.io/v1", "ExternalSecret", name).Add("spec", new OutMap()
                .Add("refreshInterval", "1h").Add("secretStoreRef", new OutMap().Add("kind", "ClusterSecretStore").Add("name", decisions["secrets"]))
                .Add("target", new OutMap().Add("name", name).Add("creationPolicy", "Owner"))
                .Add("dataFrom", (IReadOnlyList<YamlOut>)[new OutMap().Add("extract", new OutMap().Add("key", $"{survey.Name}/{environment}/{name}"))]));
    }

    private static OutMap Kustomization() => new OutMap().Add("apiVersion", "kustomize.config.k8s.io/v1beta1").Add("kind", "Kustomization");

    private static OutList Lines(IEnumerable<string> words) => OutList.Of(words) with { Flow = false };

    private static DesignedFile File(string path, params IEnumerable<OutMap> objects) => new(path, $"# {Heading}\n" + string.Join("---\n", objects.Select(o => YamlTreeWriter.Write(o))));
}
