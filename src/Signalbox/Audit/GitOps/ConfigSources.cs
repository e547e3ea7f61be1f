using System.Runtime.CompilerServices;
using Signalbox.Audit.Kubernetes;
using Signalbox.Pipelines;
using Signalbox.Yaml;

namespace Signalbox.Audit.GitOps;

/// <summary>Who makes the Secrets and ConfigMaps that workloads use.</summary>
internal sealed class ConfigSources
{
    private const int MostScripts = 300;

    private static readonly ConditionalWeakTable<Repository, ConfigSources> s_built = [];

    // kinds of these groups only use what they name; every other resource may be an operator's, which makes it
    private static readonly HashSet<string> s_users = new(StringComparer.Ordinal)
    {
        "", "apps", "batch", "autoscaling", "policy", "networking.k8s.io", "rbac.authorization.k8s.io", "gateway.networking.k8s.io", "extensions", "storage.k8s.io", "monitoring.coreos.com",
        "kustomize.config.k8s.io", "keda.sh", "argoproj.io", "kustomize.toolkit.fluxcd.io", "source.toolkit.fluxcd.io",
        // these say outright what they make
        ExternalSecrets.Group, "bitnami.com", "cert-manager.io", "secrets-store.csi.x-k8s.io",
    };

    private static readonly string[] s_serving = ["service.beta.openshift.io/serving-cert-secret-name", "service.alpha.openshift.io/serving-cert-secret-name"];

    private readonly ILookup<(string Kind, string Name), KubernetesObject> _made;
    private readonly IReadOnlyList<KubernetesObject> _operated;
    private readonly HashSet<string> _named;
    private readonly List<string> _scripts;

    private ConfigSources(Repository repository)
    {
        var objects = Cluster.Of(repository).All.Select(o => o.Document).ToList();
        _made = objects.SelectMany(o => Made(o).Select(m => (m.Kind, m.Name, Owner: o))).Concat(Generated(repository)).ToLookup(m => (m.Kind, m.Name), m => m.Owner);
        _operated = [.. objects.Where(o => !s_users.Contains(o.Group) || o.Kind is "Application" or "ApplicationSet")];
        // a role that names what its holder may touch is that of a program which makes it
        _named = [.. _operated.SelectMany(o => o.Root.Scalars()).Select(s => s.Value), .. objects.Where(RbacRole.IsRole).SelectMany(RbacRole.Rules).SelectMany(r => r.Get("resourceNames").Items()).Select(n => n.Text()).OfType<string>()];
        _scripts = [.. repository.All<Pipeline>().Select(p => p.Document.Text.Content).Concat(Scripts(repository)).Where(t => t.Contains("create secret", StringComparison.Ordinal) || t.Contains("create configmap", StringComparison.Ordinal)).Distinct()];
    }

    private static IEnumerable<string> Scripts(Repository repository) =>
        repository.Paths.Where(p => p.EndsWith(".sh", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(MostScripts).Select(repository.Open).OfType<SourceFile>().Select(f => f.Text.Content);

    public static ConfigSources Of(Repository repository) => s_built.GetValue(repository, static r => new(r));

    /// <summary>What is declared under a name and can live beside an object.</summary>
    public IEnumerable<KubernetesObject> Declared(string kind, string name, KubernetesObject near) => _made[(kind, name)].Where(o => o.SharesNamespace(near));

    /// <summary>
    /// Whether something may make it: a manifest, a generator, a pipeline's command, a program whose role names it, or the object of an operator that names it or is the first part of its name, as operators name what they make.
    /// </summary>
    public bool MayExist(string kind, string name, KubernetesObject near) => Declared(kind, name, near).Any() || _named.Contains(name) || _scripts.Any(s => s.Contains(name, StringComparison.Ordinal))
        || _operated.Any(o => o.Name.Length > 0 && name.StartsWith(o.Name + "-", StringComparison.Ordinal) && o.SharesNamespace(near));

    /// <summary>Whether anything of a kind is declared that can live beside an object: then what is missing is missing here.</summary>
    public bool Knows(string kind, KubernetesObject near) => _made.Any(g => g.Key.Kind == kind && g.Any(o => o.SharesNamespace(near) && Neighbours.AreTogether(o, near)));

    /// <summary>The keys of a declared Secret or ConfigMap; null where they are not all known.</summary>
    public static IReadOnlySet<string>? Keys(KubernetesObject source)
    {
        string[]? lists = source.Kind switch
        {
            "ConfigMap" when source.Group.Length == 0 => ["data", "binaryData"],
            "Secret" when source.Group.Length == 0 => ["data", "stringData"],
            _ => null,
        };
        return lists is null || source.IsPartial || PlainSecret.IsSops(source.Root) ? null : lists.SelectMany(l => source.Root.Get(l).Entries()).Select(e => e.Key.Value).ToHashSet(StringComparer.Ordinal);
    }

    private static IEnumerable<(string Kind, string Name)> Made(KubernetesObject source) => (source.Kind, source.Group) switch
    {
        ("ConfigMap" or "Secret", "") => [(source.Kind, source.Name)],
        // OpenShift's service CA makes it: docs.openshift.com, "Service serving certificate secrets"
        ("Service", "") => s_serving.Select(source.Annotation).OfType<string>().Select(name => ("Secret", name)),
        ("ExternalSecret" or "ClusterExternalSecret", ExternalSecrets.Group) => [("Secret", ExternalSecrets.Target(source))],
        ("SealedSecret", _) => [("Secret", source.Spec.Get("template", "metadata").Text("name") ?? source.Name)],
        ("Certificate", "cert-manager.io") => [("Secret", source.Spec.Text("secretName") ?? "")],
        ("SecretProviderClass", _) => source.Spec.Get("secretObjects").Items().Select(s => ("Secret", s.Text("secretName") ?? "")),
        ("VaultStaticSecret" or "VaultDynamicSecret" or "VaultPKISecret", _) => [("Secret", source.Spec.Get("destination").Text("name") ?? "")],
        ("OnePasswordItem", _) => [("Secret", source.Name)],
        _ => [],
    };

    private static IEnumerable<(string Kind, string Name, KubernetesObject Owner)> Generated(Repository repository) =>
        repository.All<Kustomize.Kustomization>().SelectMany(k => k.Document.Generators.Select(g => (g.Kind, g.Name, k.Document.AsObject)));
}
