using Signalbox.Yaml;

namespace Signalbox.Audit.Kubernetes;

/// <summary>A service that a route sends to.</summary>
/// <param name="Namespace">Null where the route's own is meant.</param>
/// <param name="Port">By number or name, or null.</param>
/// <param name="OldField">Whether the API version does not have the field it stands in.</param>
internal sealed record RouteBackend(string Name, string? Namespace, string? Port, YamlEntry Place, bool OldField = false);

/// <summary>The services that ingresses and the routes of the Gateway API lead to.</summary>
internal static class RouteBackends
{
    public static IReadOnlyList<string> Kinds { get; } = ["Ingress", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"];

    public static IEnumerable<RouteBackend> Of(KubernetesObject route) => route.Kind == "Ingress" ? OfIngress(route) : OfRoute(route);

    private static IEnumerable<RouteBackend> OfIngress(KubernetesObject route)
    {
        if (route.Group is not ("networking.k8s.io" or "extensions")) yield break;
        var paths = route.Spec.Get("rules").Items().SelectMany(r => r.Get("http", "paths").Items()).Select(p => p.Get("backend"));
        foreach (var backend in paths.Append(route.Spec.Get("defaultBackend")).Append(route.Spec.Get("backend")).OfType<YamlNode>())
            if (backend.Get("service").Entry("name") is { } name)
                yield return new(name.Value.Text() ?? "", null, backend.Get("service", "port").Text("number") ?? backend.Get("service", "port").Text("name"), name);
            else if (backend.Entry("serviceName") is { } old)
                yield return new(old.Value.Text() ?? "", null, backend.Text("servicePort"), old, route.ApiVersion == "networking.k8s.io/v1");
    }

    private static IEnumerable<RouteBackend> OfRoute(KubernetesObject route)
    {
        if (route.Group != "gateway.networking.k8s.io") yield break;
        foreach (var backend in route.Spec.Get("rules").Items().SelectMany(r => r.Get("backendRefs").Items()))
            if (backend.Text("kind") is null or "Service" && backend.Text("group") is null or "" && backend.Entry("name") is { } name)
                yield return new(name.Value.Text() ?? "", backend.Text("namespace"), backend.Text("port"), name);
    }
}
