namespace Signalbox.Audit.Programs;

/// <summary>What a program wrote.</summary>
/// <param name="Output">The manifests; null where it failed.</param>
/// <param name="Problem">Why it failed, in one line.</param>
internal sealed record Rendered(string? Output, string Problem = "");

/// <summary>Has programs render manifests. Nothing is run unless whoever audits allows it: what a repository says then decides what they do.</summary>
internal interface IRenderPrograms
{
    /// <summary><c>helm template</c> of a chart with its own values: each document begins with a comment that names its template.</summary>
    /// <param name="folder">On disk.</param>
    Rendered Helm(string folder);

    /// <summary><c>kustomize build</c>, with an annotation in each object that names the file it comes from, relative to <paramref name="home"/>.</summary>
    /// <param name="folder">Of the kustomization, on disk.</param>
    /// <param name="home">An empty folder for the overlay that asks for the annotations.</param>
    Rendered Kustomize(string folder, string home);
}
