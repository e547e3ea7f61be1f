namespace Signalbox.Audit.Kubernetes;

/// <summary>Registries that were shut down or frozen.</summary>
internal static class RetiredRegistries
{
    /// <summary>The address and what replaced it, each with its last slash; null where images moved to no single place.</summary>
    public static IReadOnlyList<(string Old, string? Now)> All { get; } =
    [
        // frozen in April 2023: kubernetes.io/blog/2023/02/06/k8s-gcr-io-freeze-announcement
        ("k8s.gcr.io/", "registry.k8s.io/"),
        ("gcr.io/google-containers/", "registry.k8s.io/"),
        ("gcr.io/google_containers/", "registry.k8s.io/"),
        // docs.github.com: replaced by the container registry
        ("docker.pkg.github.com/", null),
        // Helm 2's Tiller, gone with it in November 2020
        ("gcr.io/kubernetes-helm/", null),
    ];
}
