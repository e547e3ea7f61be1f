using System.Runtime.CompilerServices;
using Signalbox.Audit.Kubernetes;

namespace Signalbox.Audit.GitOps;

/// <summary>The secret manager that a repository works with.</summary>
internal sealed class SecretStores
{
    private static readonly ConditionalWeakTable<Repository, SecretStores> s_built = [];

    private static readonly HashSet<string> s_groups = new(StringComparer.Ordinal)
    {
        ExternalSecrets.Group, "bitnami.com", "secrets-store.csi.x-k8s.io", "secrets.hashicorp.com", "isindir.github.com", "kubernetes-client.io", "onepassword.com", "secrets.infisical.com", "secrets.doppler.com",
    };

    private SecretStores(Repository repository)
    {
        var manager = repository.All<KubernetesObject>().FirstOrDefault(o => !TestData.IsAlone(repository, o.File.Path) && s_groups.Contains(o.Document.Group));
        var encrypted = repository.All<KubernetesObject>().FirstOrDefault(o => !TestData.IsAlone(repository, o.File.Path) && PlainSecret.IsSops(o.Document.Root));
        (First, Place) = manager.Document is not null ? (manager.Document.Title, manager.File.At(manager.Document.Range, "kept by a manager"))
            : encrypted.Document is not null ? ($"{encrypted.Document.Title}, encrypted by SOPS", encrypted.File.At(encrypted.Document.Range, "encrypted by SOPS"))
            : repository.Paths.Where(p => p == ".sops.yaml" || p.EndsWith("/.sops.yaml", StringComparison.Ordinal)).Min(StringComparer.Ordinal) is { } rules ? (rules, new(rules))
            : default;
    }

    public static SecretStores Of(Repository repository) => s_built.GetValue(repository, static r => new(r));

    /// <summary>What shows that there is a manager; null where there is none.</summary>
    public string? First { get; }

    public Diagnostics.Location? Place { get; }
}
