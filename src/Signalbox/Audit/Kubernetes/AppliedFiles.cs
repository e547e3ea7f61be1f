using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Signalbox.Audit.Kustomize;
using Signalbox.Audit.Readers;

namespace Signalbox.Audit.Kubernetes;

/// <summary>What a command applies that names a file or folder of the repository.</summary>
internal sealed class AppliedFiles
{
    private static readonly ConditionalWeakTable<Repository, AppliedFiles> s_built = [];

    // nothing is rolled out for these
    private static readonly HashSet<string> s_settings = new(StringComparer.Ordinal)
    {
        "CustomResourceDefinition", "Namespace", "Secret", "ConfigMap", "ServiceAccount", "Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "ResourceQuota", "LimitRange", "NetworkPolicy", "StorageClass", "PersistentVolumeClaim",
    };

    private readonly Repository _repository;
    private readonly ILookup<string, string> _kinds;
    private readonly ConcurrentDictionary<string, bool> _answers = new(StringComparer.Ordinal);

    private AppliedFiles(Repository repository) =>
        (_repository, _kinds) = (repository, repository.All<KubernetesObject>().ToLookup(o => o.File.Path, o => o.Document.Kind, StringComparer.Ordinal));

    public static AppliedFiles Of(Repository repository) => s_built.GetValue(repository, static r => new(r));

    /// <summary>Whether all that lies at a path is known, and is nothing that is rolled out.</summary>
    public bool AreSettings(string written) => _answers.GetOrAdd((written.StartsWith("./", StringComparison.Ordinal) ? written[2..] : written).TrimEnd('/'), Look);

    private bool Look(string path)
    {
        if (path.Length == 0 || !_repository.Has(path)) return false;
        var below = path + "/";
        string[] files = [path, .. _repository.Below(below)];
        return files.Where(YamlFile.HasYamlName).ToList() is { Count: > 0 } manifests && manifests.TrueForAll(f => _repository.At<Kustomization>(f) is { } kustomization
            // one that takes in what lies elsewhere applies that, too
            ? kustomization.Resources.All(r => kustomization.Local(r.Value) is { } local && local.StartsWith(below, StringComparison.Ordinal) && _repository.Has(local))
            : _kinds[f].Any() && _kinds[f].All(s_settings.Contains));
    }
}
