using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>Requests and limits for containers that state none.</summary>
internal static class ResourceFix
{
    // a start for somebody who measures later; the fix's title says it
    private const string Memory = "512Mi";
    private const string CpuRequest = "100m";
    private const string CpuLimit = "1";

    /// <summary>Memory gets the same as request and limit, so that no node is promised twice; CPU a small request, and a limit that leaves room.</summary>
    /// <param name="kind"><c>requests</c> or <c>limits</c>.</param>
    /// <param name="resource"><c>memory</c> or <c>cpu</c>.</param>
    /// <returns>Null where the other one of the two is written as no amount that can be read.</returns>
    public static Fix? Of(PodContainer container, Report report, string kind, string resource)
    {
        var other = container.Root.Get("resources", kind == "limits" ? "requests" : "limits").Text(resource);
        var amount = other is null ? Default(kind, resource) : Beside(other, kind, resource);
        return amount is null ? null
            : report.Set(FixSafety.Unsafe, kind == "limits" ? $"allow {amount} of {resource} at most" : $"ask for {amount} of {resource}", container.Root, amount, "resources", kind, resource);
    }

    private static string Default(string kind, string resource) => resource == "memory" ? Memory : kind == "limits" ? CpuLimit : CpuRequest;

    // a request above the limit, or a limit below the request, is refused by the API server
    private static string? Beside(string other, string kind, string resource)
    {
        if (Quantity.Parse(other) is not { } given) return null;
        return (kind, resource) is ("limits", "cpu") && given < Quantity.Parse(CpuLimit) ? CpuLimit : other;
    }
}
